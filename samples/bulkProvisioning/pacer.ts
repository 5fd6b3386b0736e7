import { setTimeout as sleep } from "node:timers/promises";
import type { CommunicationIdentityClientOptions } from "acs-identity";

const WINDOW_IN_MS = 30_000;
/** Requests don't arrive as evenly as they leave; at the limit itself a few would be refused. */
const SHARE_OF_LIMIT = 0.96;

/** Spreads the starts of requests evenly, and holds all of them back when the service asks for a pause. */
export class Pacer {
  readonly #intervalInMs: number;
  #nextStart = 0;
  #pausedUntil = 0;

  /** @param limit - How many requests the service takes in 30 seconds. */
  constructor(limit: number) {
    this.#intervalInMs = WINDOW_IN_MS / (limit * SHARE_OF_LIMIT);
  }

  /** Resolves when it is the caller's turn. Rejects when the signal aborts. */
  async turn(signal: AbortSignal): Promise<void> {
    let start: number;
    do {
      signal.throwIfAborted();
      start = Math.max(Date.now(), this.#nextStart);
      this.#nextStart = start + this.#intervalInMs;
      await sleep(start - Date.now(), undefined, { signal });
      // A pause that began meanwhile makes this turn void: all who wait would start at once after it.
    } while (start < this.#pausedUntil);
  }

  /** Refused requests count against the limit as well, so nobody starts before the pause is over. */
  pause(durationInMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + durationInMs);
    this.#nextStart = Math.max(this.#nextStart, this.#pausedUntil);
  }
}

type AddedPolicy = NonNullable<CommunicationIdentityClientOptions["additionalPolicies"]>[number];

/** What did not go at the first attempt. */
export interface Attempts {
  retries: number;
  /** Answers with 429. */
  throttled: number;
}

/** Counts what the client retries by itself, and lets a 429 of one hold back all: the client's own retry only waits for itself. */
export function watchAttempts(attempts: Attempts, pacer: Pacer): AddedPolicy {
  const seen = new WeakSet<object>();
  return {
    position: "perRetry",
    policy: {
      name: "watchAttempts",
      async sendRequest(request, next) {
        if (seen.has(request)) attempts.retries += 1;
        seen.add(request);
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
