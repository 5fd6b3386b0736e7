import { createHash } from "node:crypto";
import { metrics } from "./metrics.js";
import { Problem } from "./problem.js";
import type { Caller, KnownUser, Store } from "./store/store.js";

/** The operations of ACS that this service calls. */
export type AcsOperation = "createUser" | "getToken" | "getTokenForTeamsUser" | "revokeTokens" | "deleteUser";

/** The limits that Microsoft documents for a resource, per 30 seconds. */
const documentedLimits: Readonly<Record<AcsOperation, number>> = {
  createUser: 1000,
  getToken: 1000,
  getTokenForTeamsUser: 500,
  revokeTokens: 500,
  deleteUser: 500,
};
/** Half a minute, and one second because a request takes a while to arrive. */
const acsWindowInSeconds = 31;

/** The limits that all instances share. */
export interface Limits {
  /** Returns the caller's current ACS user. Throws a `Problem` if the caller has called too often. */
  admit(caller: Caller): Promise<KnownUser | undefined>;
  /** Throws `LimitReached` if the resource has no call of this operation left. */
  takeForAcs(operation: AcsOperation): Promise<void>;
}

/** The limit of the resource or of this instance is used up. Nothing was sent. */
export class LimitReached extends Problem {
  constructor(retryAfterInSeconds: number) {
    super(503, "busy", "The service is at its limit. Try again later.", { retryAfterInSeconds });
  }
}

export function createLimits(
  store: Store,
  options: { readonly callsPerMinuteAndCaller: number; readonly shareOfLimits: number },
): Limits {
  return {
    async admit(caller) {
      const calls = options.callsPerMinuteAndCaller;
      const limit = {
        key: `caller:${pseudonymOf(caller)}`,
        calls,
        atOnce: Math.ceil(calls / 2),
        perSeconds: 60,
      };
      const { waitInSeconds, user } = await store.admit(caller, limit);
      if (waitInSeconds === undefined) return user;
      throw new Problem(429, "too-many-calls", "You call too often. Try again later.", {
        retryAfterInSeconds: waitInSeconds,
      });
    },
    async takeForAcs(operation) {
      const calls = Math.max(1, Math.floor(documentedLimits[operation] * options.shareOfLimits));
      // An even pace, so that nearly all of the limit can be used in each interval.
      const atOnce = Math.ceil(calls / 20);
      const limit = { key: `acs:${operation}`, calls, atOnce, perSeconds: acsWindowInSeconds };
      const waitInSeconds = await store.takePermit(limit);
      if (waitInSeconds === undefined) return;
      metrics.limitRefusals.add(1, { operation });
      throw new LimitReached(waitInSeconds);
    },
  };
}

/** Returns what stands for a caller in logs and keys, where their id must not appear. */
export function pseudonymOf({ issuer, subject }: Caller): string {
  return createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("base64url")
    .slice(0, 22);
}
