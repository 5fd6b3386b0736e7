import { setTimeout } from "node:timers/promises";

/** The machine's time. Tests pass one that doesn't take any. */
export interface Timer {
  /** Milliseconds, from any start. */
  now(): number;
  pause(milliseconds: number): Promise<unknown>;
}

export const machineTimer: Timer = { now: () => performance.now(), pause: (time) => setTimeout(time) };

/**
 * On Windows, a file that another program has open, such as a virus scanner, can't be replaced or locked, and once deleted
 * it still exists until that program closes it.
 */
const busyCodes = ["EPERM", "EBUSY", "EACCES", "EEXIST"];

/**
 * Runs a file operation again, for as long as it fails because another program uses the file.
 * @param patience - In milliseconds.
 * @throws The error of the last attempt.
 */
export async function retryWhileBusy<Result>(
  operation: () => Promise<Result>,
  patience: number,
  { now, pause }: Timer,
  codes: readonly string[] = busyCodes,
): Promise<Result> {
  const end = now() + patience;
  for (let delay = 20; ; delay = Math.min(delay * 2, 250)) {
    try {
      return await operation();
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (!codes.includes(code) || now() >= end) throw error;
      await pause(delay);
    }
  }
}
