import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import { afterEach, beforeEach, vi } from "vitest";

const { setTimeout: sleep } = timers;

/** Stops the clock in each test of a file, also for who sleeps with `node:timers/promises`. */
export function useFakeClock(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    const fake = (milliseconds?: number, value?: unknown, { signal }: { signal?: AbortSignal } = {}) =>
      new Promise((resolve, reject) => {
        setTimeout(resolve, milliseconds, value);
        if (signal?.aborted) reject(signal.reason);
        signal?.addEventListener("abort", () => reject(signal.reason));
      });
    replaceSleep(fake as typeof sleep);
  });
  afterEach(() => {
    vi.useRealTimers();
    replaceSleep(sleep);
  });
}

function replaceSleep(replacement: typeof sleep): void {
  timers.setTimeout = replacement;
  syncBuiltinESMExports();
}
