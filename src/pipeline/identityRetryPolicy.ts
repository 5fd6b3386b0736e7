// Core's retry engine with a strategy of our own. Core's strategies (core-rest-pipeline 1.25.1) read Retry-After
// only on 429 and 503, read junk in it as a number, wait for an hour if told to, or not at all if the number overflows their
// timer, and recognize half of the errors of a lost connection.
import {
  type PipelinePolicy,
  type PipelineResponse,
  type PipelineRetryOptions,
  type RetryStrategy,
  retryPolicy,
} from "@azure/core-rest-pipeline";
import type { AzureLogger } from "@azure/logger";
import { logger } from "../logger.js";
import { requestedDelayInMs } from "../shared/retryAfter.js";
import { longestTimerInMs } from "./cancellation.js";
import { isLostConnection } from "./lostConnection.js";
import { explainUnreachable } from "./unreachable.js";

/** The engine logs six lines for each request, and a lost connection as an error. The strategy logs one line per retry. */
const engineLogger: AzureLogger = { ...logger, error: logger.verbose, info: logger.verbose };

/** Retries as `retryOptions` says, but no refused connection on loopback, because waiting doesn't start the emulator. */
export function identityRetryPolicy(options: PipelineRetryOptions): PipelinePolicy {
  const { maxRetries = 3, retryDelayInMs = 1000 } = options;
  const maxRetryDelayInMs = Math.min(options.maxRetryDelayInMs ?? 64_000, longestTimerInMs);

  const backoff = (retry: number) =>
    Math.min(retryDelayInMs * 2 ** retry, maxRetryDelayInMs) * (0.5 + Math.random() / 2);

  /** Returns the delay in milliseconds, or undefined if the response is final. */
  function delayAfter({ status, headers }: PipelineResponse, retry: number): number | undefined {
    const isTransient = status === 408 || (status >= 500 && status !== 501 && status !== 505);
    if (!isTransient && status !== 429) return undefined;
    const delay = requestedDelayInMs(headers) ?? (isTransient ? backoff(retry) : undefined);
    return delay !== undefined && delay <= maxRetryDelayInMs ? delay : undefined;
  }

  const strategy: RetryStrategy = {
    name: "identityRetryStrategy",
    logger: engineLogger,
    retry({ retryCount, response, responseError }) {
      const isLost = isLostConnection(responseError) && !explainUnreachable(responseError)?.isFinal;
      const delayInMs = isLost
        ? backoff(retryCount)
        : response && !responseError && delayAfter(response, retryCount);
      if (typeof delayInMs !== "number") return { skipStrategy: true };
      const { requestId = "unknown" } = (response ?? responseError)?.request ?? {};
      const why = isLost ? "a lost connection" : `status ${response?.status}`;
      logger.warning(
        `Retry ${retryCount + 1} of ${maxRetries} in ${Math.round(delayInMs)} ms after ${why}, request id ${requestId}`,
      );
      return { retryAfterInMs: delayInMs };
    },
  };
  return retryPolicy([strategy], { maxRetries, logger: engineLogger });
}
