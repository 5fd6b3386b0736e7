/** Returns by how many MB the memory of this process grew at its peak while an action ran. */
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
  // The process's lifetime peak counts only if the action raised it, because startup takes memory, too.
  return Math.round(Math.max(peak, lifetimePeak > peakBefore ? lifetimePeak : 0) - before);
}
