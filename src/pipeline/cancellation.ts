import type { PipelineRequest } from "@azure/core-rest-pipeline";

/** A native `AbortSignal`, or any object of its shape. */
export type AbortSignalLike = NonNullable<PipelineRequest["abortSignal"]>;

/** The longest delay of `setTimeout`, which fires at once for a longer one. */
export const longestTimerInMs: number = 2 ** 31 - 1;

class Callbacks extends Set<() => void> {
  readonly callAll = (): void => {
    for (const each of this) each();
  };
}

const callbacksBySignal = new WeakMap<AbortSignalLike, Callbacks>();

/**
 * Calls a function if a signal aborts, and returns one that stops listening. Calls that share a signal, such as an app's
 * shutdown signal, share one listener, because Node 20 warns of a leak at the eleventh.
 */
export function onAbort(signal: AbortSignalLike | undefined, callback: () => void): () => void {
  if (!signal) return () => undefined;
  const callbacks = callbacksBySignal.get(signal) ?? new Callbacks();
  if (callbacks.size === 0) signal.addEventListener("abort", callbacks.callAll);
  callbacks.add(callback);
  callbacksBySignal.set(signal, callbacks);
  return () => {
    if (callbacks.delete(callback) && callbacks.size === 0)
      signal.removeEventListener("abort", callbacks.callAll);
  };
}

/**
 * Creates the error of a call that was aborted by its signal. Its name is `TimeoutError` for `AbortSignal.timeout` and
 * `AbortError` otherwise. Its `cause` is the reason of the signal.
 */
export function abortError(signal: AbortSignalLike | undefined): Error {
  const { reason: cause } = (signal ?? {}) as { reason?: unknown };
  const { name } = (cause ?? {}) as { name?: unknown };
  const error = new Error("The operation was aborted.", cause === undefined ? undefined : { cause });
  error.name = name === "TimeoutError" ? name : "AbortError";
  return error;
}

/** Creates the error of an attempt that took longer than its limit. */
export function timeoutError({ url }: PipelineRequest, limitInMs: number): Error {
  const error = new Error(
    `No complete response from ${new URL(url).host} within ${limitInMs} ms: check the endpoint, or raise requestOptions.timeout. It may have acted on the request, so calling again may do it twice.`,
  );
  error.name = "TimeoutError";
  return error;
}
