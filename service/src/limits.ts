import { setTimeout as sleep } from "node:timers/promises";
import { type Caller, pseudonymOf } from "./caller.js";
import { metrics } from "./metrics.js";
import { OffboardedProblem, Overload, Problem, tryLater } from "./problem.js";
import type { Settings } from "./settings.js";
import type { KnownUser } from "./store/knownUser.js";
import type { Permits } from "./store/permits.js";

/** The requests of this service, and the limits that Microsoft documents for a resource, per 30 seconds. */
const documentedLimits = [
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
      const { operation } = documented;
      const calls = Math.max(1, Math.floor(documented.calls * shareOfLimits));
      // An even pace, so that nearly all of the limit can be used in each interval.
      const atOnce = Math.ceil(calls / 20);
      const limit = { key: `acs:${operation}`, calls, atOnce, perSeconds: acsWindowInSeconds };
      const { waitInSeconds, mayBeSent } = entry
        ? await permits.takeForCreation(entry, limit)
        : { waitInSeconds: await permits.take(limit), mayBeSent: true };
      if (waitInSeconds === undefined) {
        if (mayBeSent) return;
        throw tryLater("unavailable", "The creation of your user took too long. Try again.", 1);
      }
      metrics.limitRefusals.add(1, { operation });
      throw new Overload(operation, waitInSeconds);
    },
    /** Removes what the limits remember of a caller. */
    forget: (caller: Caller): Promise<void> => permits.forget(limitKey(caller)),
  };
}

/** Does the work, again and again after a pause while the service is at a limit. */
export async function withinLimits<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Overload)) throw error;
      await sleep((error.retryAfterInSeconds ?? 1) * 1000);
    }
  }
}

const limitKey = (caller: Caller) => `caller:${pseudonymOf(caller)}`;
