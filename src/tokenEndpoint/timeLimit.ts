/** A value, or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>;

/**
 * Waits for a call, but no longer than a number of milliseconds. Then the signal that the call was given aborts.
 *
 * @throws `TimeoutError` if the call takes longer.
 */
export async function within<T>(limitInMs: number, call: (signal: AbortSignal) => Awaitable<T>): Promise<T> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DOMException("no response within the time limit", "TimeoutError"));
      controller.abort();
    }, limitInMs);
  });
  try {
    return await Promise.race([call(controller.signal), limit]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for work until a signal aborts. The work itself goes on, because the id of a user that ACS creates meanwhile would
 * be lost.
 */
export async function untilAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work;
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort);
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
