import { setTimeout as sleep } from "node:timers/promises";
import type { CommunicationIdentityClientOptions } from "acs-identity";

const WINDOW_IN_MS = 30_000;
/** Requests arrive less evenly than they leave, so at the limit itself the service would refuse a few. */
const SHARE_OF_LIMIT = 0.96;

/** Spreads the starts of requests evenly, and delays all of them if the service asks for a pause. */
export class Pacer {
  readonly #intervalInMs: number;
  #nextStart = 0;
  #pausedUntil = 0;

  /** @param limit - How many requests the service accepts in 30 seconds. */
  constructor(limit: number) {
    this.#intervalInMs = WINDOW_IN_MS / (limit * SHARE_OF_LIMIT);
  }

  /** Resolves when it is the caller's turn. Rejects if the signal aborts. */
  async turn(signal: AbortSignal): Promise<void> {
    let start: number;
    do {
      signal.throwIfAborted();
      start = Math.max(Date.now(), this.#nextStart);
      this.#nextStart = start + this.#intervalInMs;
      await sleep(start - Date.now(), undefined, { signal });
      // If a pause began in the meantime, take another turn: otherwise all waiting callers would start at once.
    } while (start < this.#pausedUntil);
  }

  /** Delays every start until the pause is over, because refused requests count against the limit, too. */
  pause(durationInMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + durationInMs);
    this.#nextStart = Math.max(this.#nextStart, this.#pausedUntil);
  }
}

type AddedPolicy = NonNullable<CommunicationIdentityClientOptions["additionalPolicies"]>[number];

/** Counts what took more than one attempt. */
export interface Attempts {
  retries: number;
  /** Responses with status 429. */
  throttled: number;
}

/** Counts the client's own retries. After a 429 it pauses all calls, since the client delays only the refused one. */
export function watchAttempts(attempts: Attempts, pacer: Pacer): AddedPolicy {
  // Each attempt has its own copy of the request, and the id of its call.
  const seen = new Set<string>();
  return {
    position: "perRetry",
    policy: {
      name: "watchAttempts",
      async sendRequest(request, next) {
        if (seen.has(request.requestId)) attempts.retries += 1;
        seen.add(request.requestId);
        const response = await next(request);
        if (response.status === 429) {
          attempts.throttled += 1;
          const seconds = Number(response.headers.get("Retry-After"));
          pacer.pause(seconds > 0 ? seconds * 1000 : WINDOW_IN_MS);
        }
        return response;
      },
    },
  };
}
