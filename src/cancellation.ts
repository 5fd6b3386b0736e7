import type { OperationOptions } from "@azure/core-client";

/** A native `AbortSignal`, or any object of its shape. */
export type Signal = NonNullable<OperationOptions["abortSignal"]>;

/**
 * The error of a call that its signal ended: named `TimeoutError` for `AbortSignal.timeout`, else `AbortError`.
 * The reason of the signal is its `cause`.
 */
export function abortError(signal: Signal): Error {
  const reason: unknown = "reason" in signal ? signal.reason : undefined;
  const isTimeout =
    typeof reason === "object" && reason !== null && "name" in reason && reason.name === "TimeoutError";
  return isTimeout
    ? namedError("TimeoutError", "The time limit of the abort signal has passed.", reason)
    : namedError("AbortError", "The operation was aborted.", reason);
}

/** The error of an attempt that took longer than its limit in milliseconds. */
export function timeoutError(limitInMs: number): Error {
  return namedError("TimeoutError", `No complete answer within ${limitInMs} ms.`);
}

function namedError(name: string, message: string, cause?: unknown): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  error.name = name;
  return error;
}
