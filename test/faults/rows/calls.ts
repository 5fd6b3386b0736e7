// Calls and measurements that many rows share.

import { becomes, type Lab, settlesWithinMs } from "../lab.js";
import type { FaultServer } from "../servers/faultServer.js";
import { user } from "../servers/identityReplies.js";
import type { ReceivedRequest } from "../servers/requestReader.js";
import type { IdentityClient } from "../subjects.js";

export function getToken(client: IdentityClient, options?: unknown): () => Promise<unknown> {
  return () => client.getToken(user, ["chat"], options);
}

/**
 * Checks that at most `inFlight` sockets stay open. It waits, because undici opens a few more while it cleans up after
 * aborts, and closes those that were idle for 4 s with a timer that is accurate to a second.
 */
export async function judgeSockets(lab: Lab, server: FaultServer, inFlight: number): Promise<void> {
  const boundMs = lab.subject.package === "official" ? 6_000 : settlesWithinMs;
  const few = await becomes(() => server.openSockets <= inFlight, boundMs);
  lab.must(`${inFlight} sockets at most (${server.openSockets})`, few);
}

/** Returns the milliseconds between consecutive attempts. */
export function gapsOf(requests: readonly ReceivedRequest[]): number[] {
  return requests.slice(1).map(({ at }, index) => Math.round(at - (requests[index]?.at ?? at)));
}
