import { user } from "../servers/identityReplies.js";
import type { ReceivedRequest } from "../servers/requestReader.js";
import type { IdentityClient } from "../subjects.js";

export function getToken(client: IdentityClient, options?: unknown): () => Promise<unknown> {
  return () => client.getToken(user, ["chat"], options);
}

/** Returns the milliseconds between consecutive attempts. */
export function gapsOf(requests: readonly ReceivedRequest[]): number[] {
  return requests.slice(1).map(({ at }, index) => Math.round(at - (requests[index]?.at ?? at)));
}
