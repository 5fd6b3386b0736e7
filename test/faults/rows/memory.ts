/** Watches the memory of this process while something runs: by how many MB it grew at its worst. */
export async function peakGrowth(action: () => Promise<void>): Promise<number> {
  const rss = (): number => process.memoryUsage.rss() / 1_048_576;
  const before = rss();
  const peakBefore = process.resourceUsage().maxRSS / 1_024;
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, rss());
  }, 5);
  try {
    await action();
  } finally {
    clearInterval(timer);
  }
  const lifetimePeak = process.resourceUsage().maxRSS / 1_024;
  // The peak of a life counts only when it is a new one: starting up takes memory too.
  return Math.round(Math.max(peak, lifetimePeak > peakBefore ? lifetimePeak : 0) - before);
}

/** Bytes of the heap that are still in use after a collection. Workers run with --expose-gc. */
export function heapInUse(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
