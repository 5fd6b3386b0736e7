/** What `AbortSignal` and the signals of Azure's clients have in common. */
export interface Abortable {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Settles with the response, or rejects with the reason as soon as the signal is aborted. */
export async function untilAborted<T>(
  answer: Promise<T>,
  signal: Abortable,
  reason: () => unknown,
): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(reason());
  });
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
