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

/** What an attempt waits for, as the error of its time limit says it: its code, what didn't happen, and what to do. */
export type Step = readonly [code: string, problem: string, advice: string];

const steps = new WeakMap<AbortSignalLike, Step>();

/** Waits for a part of an attempt, so that a time limit that strikes meanwhile can name it. */
export async function inStep<T>(
  signal: AbortSignalLike | undefined,
  step: Step,
  work: T | Promise<T>,
): Promise<T> {
  if (!signal) return work;
  steps.set(signal, step);
  try {
    return await work;
  } finally {
    steps.delete(signal);
  }
}

const ownErrors = new WeakSet<object>();

/** Tells whether an error is one of the following two functions, and so belongs to a single call. */
export const isOwnError = (error: unknown): boolean => ownErrors.has(error as object);

/**
 * Creates the error of a call that was aborted by its signal. Its name is `TimeoutError` for `AbortSignal.timeout` and
 * `AbortError` otherwise. Its `cause` is the reason of the signal.
 */
export function abortError(signal: AbortSignalLike | undefined): Error {
  const { reason: cause } = (signal ?? {}) as { reason?: unknown };
  const { name } = (cause ?? {}) as { name?: unknown };
  const error = new Error("The operation was aborted.", cause === undefined ? undefined : { cause });
  return ownError(error, name === "TimeoutError" ? name : "AbortError", "ABORT_ERR");
}

/** Creates the error of an attempt that took longer than its limit, by the step in which that happened. */
export function timeoutError({ url }: PipelineRequest, limitInMs: number, signal: AbortSignalLike): Error {
  const [code, problem, advice] = steps.get(signal) ?? [
    "RESPONSE_TIMEOUT",
    `No response from ${new URL(url).host}, or no connection to it,`,
    "Check the endpoint, the firewall and the proxy",
  ];
  const text = `${problem} within ${limitInMs} ms. ${advice}, or raise requestOptions.timeout.`;
  return ownError(new Error(text), "TimeoutError", code);
}

function ownError(error: Error, name: string, code: string): Error {
  ownErrors.add(error);
  // `JSON.stringify` omits what isn't enumerable.
  return Object.defineProperty(Object.assign(error, { name, code }), "message", { enumerable: true });
}
