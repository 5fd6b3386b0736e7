import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { type Caller, pseudonymOf } from "./caller.js";
import { metrics, type Operation } from "./metrics.js";
import { OffboardedProblem, Overload, Problem, tryLater } from "./problem.js";
import type { Settings } from "./settings.js";
import type { KnownUser } from "./store/knownUser.js";
import type { Limit, Permits } from "./store/permits.js";

/** The requests of this service, and the limits that Microsoft documents for a resource, per 30 seconds. */
export const documentedLimits = [
  { operation: "createUser", request: /^POST \/identities$/, calls: 1000 },
  { operation: "getToken", request: /^POST .+\/:issueAccessToken$/, calls: 1000 },
  { operation: "getTokenForTeamsUser", request: /^POST \/teamsUser\/:exchangeAccessToken$/, calls: 500 },
  { operation: "revokeTokens", request: /^POST .+\/:revokeAccessTokens$/, calls: 500 },
  { operation: "deleteUser", request: /^DELETE \/identities\/[^/]+$/, calls: 500 },
] as const;
/** Half a minute, and one second because a request takes a while to arrive. */
const acsWindowInSeconds = 31;

export type Limits = ReturnType<typeof createLimits>;

/** The limits that all instances share. */
export function createLimits(permits: Permits, { callsPerMinuteAndCaller: calls, shareOfLimits }: Settings) {
  const reserved = new AsyncLocalStorage<Set<Operation>>();

  /** @param entry - The id of the ledger's entry, if the operation creates a user. */
  async function take(operation: Operation, entry?: string): Promise<void> {
    const limit = limitOf(operation, shareOfLimits);
    const { waitInSeconds, mayBeSent } = entry
      ? await permits.takeForCreation(entry, limit)
      : { waitInSeconds: await permits.take(limit), mayBeSent: true };
    if (waitInSeconds === undefined) {
      if (mayBeSent) return;
      throw tryLater("unavailable", "The creation of your user took too long. Try again.", 1);
    }
    metrics.limitRefusals.add(1, { operation });
    throw new Overload(operation, waitInSeconds);
  }

  return {
    /** Returns the caller's current ACS user. Throws a `Problem` if the caller was offboarded, or has called too often. */
    async admit(caller: Caller): Promise<KnownUser | undefined> {
      const limit = { key: limitKey(caller), calls, atOnce: Math.ceil(calls / 2), perSeconds: 60 };
      const { waitInSeconds: retryAfterInSeconds, user, isOffboarded } = await permits.admit(caller, limit);
      if (isOffboarded) throw new OffboardedProblem();
      if (retryAfterInSeconds === undefined) return user;
      throw new Problem("too-many-calls", "You call too often. Try again later.", {
        retryAfterInSeconds,
      });
    },
    /**
     * Throws `Overload` if the resource has no call of an operation left, or another `Problem` if a creation was given
     * up before its request was sent.
     * @param request - The verb and path of a request to ACS.
     * @param entry - The id of the ledger's entry, if the request creates a user.
     */
    async takeForAcs(request: string, entry?: string): Promise<void> {
      const documented = documentedLimits.find((each) => each.request.test(request));
      if (!documented) throw new Error("The limit of this operation of ACS isn't known");
      if (!reserved.getStore()?.delete(documented.operation)) await take(documented.operation, entry);
    },
    /**
     * Takes a permit for each of the operations, and then does the work, whose first requests use them. Throws `Overload`
     * instead of beginning work that would be refused halfway.
     */
    async withPermits<Result>(
      operations: readonly Operation[],
      work: () => Promise<Result>,
    ): Promise<Result> {
      for (const operation of operations) await take(operation);
      return reserved.run(new Set(operations), work);
    },
    /** Removes what the limits remember of a caller. */
    forget: (caller: Caller): Promise<void> => permits.forget(limitKey(caller)),
  };
}

/** Returns the limit of an operation for all instances together. */
export function limitOf(operation: Operation, shareOfLimits: number): Limit {
  const { calls: documented = 0 } = documentedLimits.find((each) => each.operation === operation) ?? {};
  const calls = Math.max(1, Math.floor(documented * shareOfLimits));
  // An even pace, so that nearly all of the limit can be used in each interval.
  return { key: `acs:${operation}`, calls, atOnce: Math.ceil(calls / 20), perSeconds: acsWindowInSeconds };
}

/** Does the work, again and again after a pause while the service is at a limit, until the signal aborts. */
export async function withinLimits<Result>(
  work: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Overload)) throw error;
      await sleep((error.retryAfterInSeconds ?? 1) * 1000, undefined, signal ? { signal } : {});
    }
  }
}

const limitKey = (caller: Caller) => `caller:${pseudonymOf(caller)}`;
