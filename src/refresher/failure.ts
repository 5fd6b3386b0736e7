/** Why a token couldn't be fetched: what `fetchToken` rejected with, or what is wrong with its response. */
export interface TokenRefreshError extends Error {
  /** The HTTP status. After a 4xx (but 408, 425 and 429) the app must do something, such as sign in, and call `retry()`. */
  status?: number;
  /** For how long the endpoint wants no further request, in milliseconds. Up to an hour is respected. */
  retryAfterInMs?: number;
}

/**
 * Reads what an app's function rejected with once, because it may be anything, even a value that can't be read.
 *
 * @returns the error, whether the same request would fail again, and the delay that the endpoint asks for.
 */
export function readFailure(reason: unknown): [error: TokenRefreshError, isFinal: boolean, delay: number] {
  let error = reason as TokenRefreshError;
  let status = 0;
  let delay = 0;
  try {
    status = Number(error.status ?? 0);
    if (Number.isFinite(error.retryAfterInMs)) delay = Math.min(error.retryAfterInMs as number, 3_600_000);
    error.message.at(0);
  } catch {
    error = Object.assign(new Error("fetchToken rejected without an Error"), { cause: reason, status });
  }
  return [error, /^4(?!08|25|29)..$/.test(`${status}`), delay];
}
