// Calls and measures that many rows share.

import { becomes, type Lab } from "../lab.js";
import type { FaultServer } from "../servers/faultServer.js";
import { user } from "../servers/identityReplies.js";
import type { ReceivedRequest } from "../servers/requestReader.js";
import type { IdentityClient } from "../subjects.js";

export function getToken(client: IdentityClient, options?: unknown): () => Promise<unknown> {
  return () => client.getToken(user, ["chat"], options);
}

/**
 * As many sockets as calls at a time, soon after the last call. undici opens a few more while it clears up after aborts,
 * and drops what it has not used for 4 s by a clock that is a second coarse.
 */
export async function judgeSockets(lab: Lab, server: FaultServer, inFlight: number): Promise<void> {
  const few = await becomes(() => server.openSockets <= inFlight, 6_000);
  lab.must(`${inFlight} sockets at most (${server.openSockets})`, few);
}

/** Milliseconds between one attempt and the next. */
export function gapsOf(requests: readonly ReceivedRequest[]): number[] {
  return requests.slice(1).map(({ at }, index) => Math.round(at - (requests[index]?.at ?? at)));
}
