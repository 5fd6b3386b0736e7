// Core reads Retry-After on 429 and 503 alone, takes junk in it for a number, waits for an hour when told so or
// not at all when the number overflows its timer, and does not know half of the errors of a lost connection.
import {
  type PipelineResponse,
  type PipelineRetryOptions,
  RestError,
  type RetryStrategy,
} from "@azure/core-rest-pipeline";
import { logger } from "../logger.js";
import { retryAfterOf } from "./retryAfter.js";

export const defaultMaxRetries = 3;
const defaultDelayInMs = 1000;
const defaultMaxDelayInMs = 64_000;

const statusesThatMayWait = [408, 429, 500, 502, 503, 504];

/** Connections that could not be made or were lost, by the codes of Node and undici. */
const lostConnection = new Set([
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ESOCKETTIMEDOUT",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_SOCKET",
]);

/** What fetch says of them in Chromium, Firefox, Safari, Node and workerd; other errors of it are mistakes of a caller. */
const networkErrorOfFetch = /failed to fetch|networkerror|load failed|fetch failed|network connection lost/i;

/**
 * Retries lost connections, 408 and 5xx (but 501 and 505) with exponential delays and jitter, and after the delay
 * that the service asks for where it does; 429 only then. Nothing waits longer than `maxRetryDelayInMs` (64 s by
 * default): a longer delay ends the call at once, and its error carries `retryAfterInMs`.
 */
export function retryStrategy(options: PipelineRetryOptions = {}): RetryStrategy {
  const {
    maxRetries = defaultMaxRetries,
    retryDelayInMs = defaultDelayInMs,
    maxRetryDelayInMs = defaultMaxDelayInMs,
  } = options;

  function backoff(retryCount: number): number {
    const delay = Math.min(retryDelayInMs * 2 ** retryCount, maxRetryDelayInMs);
    return Math.round(delay * (0.5 + Math.random() / 2));
  }

  function delayOf(retryCount: number, response?: PipelineResponse, error?: RestError): number | undefined {
    if (error && !response) return isLostConnection(error) ? backoff(retryCount) : undefined;
    if (error && isLostConnection(error)) return backoff(retryCount);
    if (!response) return undefined;
    const { status } = response;
    const asked = statusesThatMayWait.includes(status) ? retryAfterOf(response.headers) : undefined;
    if (asked !== undefined) return asked <= maxRetryDelayInMs ? asked : undefined;
    const isTransient = status === 408 || (status >= 500 && status !== 501 && status !== 505);
    return isTransient ? backoff(retryCount) : undefined;
  }

  return {
    name: "acsRetryStrategy",
    retry({ retryCount, response, responseError }) {
      const retryAfterInMs = delayOf(retryCount, response, responseError);
      if (retryAfterInMs === undefined) return { skipStrategy: true };
      const what = responseError?.code ?? `status ${response?.status}`;
      const requestId = (response ?? responseError)?.request?.requestId;
      logger.warning(
        `Retry ${retryCount + 1} of ${maxRetries} in ${retryAfterInMs} ms after ${what}, request id ${requestId}`,
      );
      return { retryAfterInMs };
    },
  };
}

/** Looks through the causes too, where fetch and undici keep the code. */
function isLostConnection(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < 10 && typeof current === "object" && current !== null; depth++) {
    const { code, message } = current as { code?: unknown; message?: unknown };
    if (lostConnection.has(String(code))) return true;
    if (code === RestError.REQUEST_SEND_ERROR && networkErrorOfFetch.test(String(message))) return true;
    current = "cause" in current ? current.cause : undefined;
  }
  return false;
}
