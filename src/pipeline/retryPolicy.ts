// Core's retry reads Retry-After on 429 and 503 alone, takes junk in it for a number, waits for an hour when told so
// or not at all when the number overflows its timer, and knows half of the errors of a lost connection.
import type { PipelineResponse, PipelineRetryOptions } from "@azure/core-rest-pipeline";
import { isLostConnection } from "#platform/transport";
import { logger } from "../logger.js";
import type { Policy } from "../policies/policy.js";
import { abortError, type Signal } from "./cancellation.js";
import { retryAfterOf } from "./retryAfter.js";

/**
 * Retries lost connections, 408 and 5xx (but 501 and 505) with exponential delays and jitter, and after the delay
 * that the service asks for where it does; 429 only then. Nothing waits longer than `maxRetryDelayInMs` (64 s by
 * default): a longer delay ends the call at once, and its error carries `retryAfterInMs`.
 */
export function retryPolicy(options: PipelineRetryOptions): Policy {
  const { maxRetries = 3, retryDelayInMs = 1000, maxRetryDelayInMs = 64_000 } = options;

  const backoff = (retry: number) =>
    Math.min(retryDelayInMs * 2 ** retry, maxRetryDelayInMs) * (0.5 + Math.random() / 2);

  /** In milliseconds; undefined when the answer is final. */
  function delayAfter({ status, headers }: PipelineResponse, retry: number): number | undefined {
    const isTransient = status === 408 || (status >= 500 && status !== 501 && status !== 505);
    if (!isTransient && status !== 429) return undefined;
    const delay = retryAfterOf(headers) ?? (isTransient ? backoff(retry) : undefined);
    return delay !== undefined && delay <= maxRetryDelayInMs ? delay : undefined;
  }

  return async (request, next) => {
    for (let retry = 0; ; retry++) {
      let delay: number | undefined;
      let why = "a lost connection";
      try {
        const response = await next(request);
        delay = retry < maxRetries ? delayAfter(response, retry) : undefined;
        if (delay === undefined) return response;
        why = `status ${response.status}`;
      } catch (error) {
        if (retry >= maxRetries || !isLostConnection(error)) throw error;
        delay = backoff(retry);
      }
      logger.warning(
        `Retry ${retry + 1} of ${maxRetries} in ${Math.round(delay)} ms after ${why}, request id ${request.requestId}`,
      );
      await wait(delay, request.abortSignal);
    }
  };
}

/** Rejects at once when the signal aborts. */
function wait(delayInMs: number, signal: Signal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) reject(abortError(signal));
      else resolve();
    };
    const timer = setTimeout(end, delayInMs);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}
