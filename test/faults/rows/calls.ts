import { user } from "../servers/identityReplies.js";
import type { IdentityClient } from "../subjects.js";

export function getToken(client: IdentityClient, options?: unknown): () => Promise<unknown> {
  return () => client.getToken(user, ["chat"], options);
}
