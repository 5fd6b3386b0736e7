/** What `AbortSignal` and the signals of Azure's clients have in common. */
export interface Abortable {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Settles with the response, or rejects with the reason as soon as one of the signals is aborted. */
export async function untilAborted<T>(
  promise: Promise<T>,
  given: readonly (Abortable | undefined)[],
  reason: () => unknown,
): Promise<T> {
  const signals = given.filter((signal) => signal !== undefined);
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(reason());
  });
  if (signals.some((signal) => signal.aborted)) abort();
  for (const signal of signals) signal.addEventListener("abort", abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    for (const signal of signals) signal.removeEventListener("abort", abort);
  }
}
