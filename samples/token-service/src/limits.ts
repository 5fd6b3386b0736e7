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
const acsWindowInSeconds = 30;
/** One second because the store counts whole seconds, and one because a request takes a while to arrive. */
const marginInSeconds = 2;

export interface Admission {
  /** The caller's current ACS user. */
  readonly user: KnownUser | undefined;
  /** Gives the call back to the caller. */
  undo(): Promise<void>;
}

/** The limits that all instances share. */
export interface Limits {
  /** Throws a `Problem` if the caller has called too often. */
  admit(caller: Caller): Promise<Admission>;
  /** Throws `LimitReached` if the resource has no call of this operation left. */
  takeForAcs(operation: AcsOperation): Promise<void>;
}

/** The resource's limit is used up. Nothing was sent. */
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
      const key = `caller:${pseudonymOf(caller)}`;
      const limit = { key, calls: options.callsPerMinuteAndCaller, perSeconds: 60 };
      const { permit, user } = await store.admit(caller, limit);
      if (permit.isGranted) return { user, undo: () => store.giveBackPermit(key, permit.takenAt) };
      const { retryAfterInSeconds } = permit;
      throw new Problem(429, "too-many-calls", "You call too often. Try again later.", {
        retryAfterInSeconds,
      });
    },
    async takeForAcs(operation) {
      const calls = Math.max(1, Math.floor(documentedLimits[operation] * options.shareOfLimits));
      const key = `acs:${operation}`;
      const permit = await store.takePermit({ key, calls, perSeconds: acsWindowInSeconds + marginInSeconds });
      metrics.limitLeft.record(permit.isGranted ? permit.left : 0, { operation });
      if (!permit.isGranted) throw new LimitReached(permit.retryAfterInSeconds);
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
