import type { OperationOptions } from "@azure/core-client";

/** A native `AbortSignal`, or any object of its shape. */
export type Signal = NonNullable<OperationOptions["abortSignal"]>;

interface Follower {
  readonly signal: AbortSignal;
  /** Ends the following; must be called. */
  release(): void;
}

interface Subscription {
  readonly controllers: Set<AbortController>;
  readonly listener: () => void;
}

const subscriptions = new WeakMap<Signal, Subscription>();

/**
 * A signal of one call's own that aborts with a caller's. All calls on one signal share one listener on it: Node 20
 * warns of a leak from the eleventh on, and an app may well have hundreds of calls on the signal of its shutdown.
 */
export function followSignal(signal: Signal): Follower {
  const subscription = subscriptions.get(signal) ?? subscribe(signal);
  const controller = new AbortController();
  subscription.controllers.add(controller);
  return {
    signal: controller.signal,
    release() {
      subscription.controllers.delete(controller);
      if (subscription.controllers.size > 0 || subscriptions.get(signal) !== subscription) return;
      subscriptions.delete(signal);
      signal.removeEventListener("abort", subscription.listener);
    },
  };
}

function subscribe(signal: Signal): Subscription {
  const controllers = new Set<AbortController>();
  const listener = () => {
    for (const controller of [...controllers]) controller.abort(abortError(signal));
  };
  const subscription = { controllers, listener };
  signal.addEventListener("abort", listener);
  subscriptions.set(signal, subscription);
  return subscription;
}

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
