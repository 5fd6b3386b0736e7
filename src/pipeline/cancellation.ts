import type { PipelineRequest } from "@azure/core-rest-pipeline";

/** A native `AbortSignal`, or any object of its shape. */
export type AbortSignalLike = NonNullable<PipelineRequest["abortSignal"]>;

/** The longest that `setTimeout` takes; it fires at once for more. */
export const longestTimerInMs: number = 2 ** 31 - 1;

/**
 * The error of a call that its signal ended: named `TimeoutError` for `AbortSignal.timeout`, else `AbortError`.
 * The reason of the signal is its `cause`.
 */
export function abortError(signal: AbortSignalLike | undefined): Error {
  const { reason: cause } = (signal ?? {}) as { reason?: unknown };
  const { name } = (cause ?? {}) as { name?: unknown };
  const error = new Error("The operation was aborted.", cause === undefined ? undefined : { cause });
  error.name = name === "TimeoutError" ? name : "AbortError";
  return error;
}

/** The error of an attempt that took longer than its limit. */
export function timeoutError(limitInMs: number): Error {
  const error = new Error(`No complete answer within ${limitInMs} ms.`);
  error.name = "TimeoutError";
  return error;
}
