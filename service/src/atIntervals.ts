/**
 * Returns a function that says whether something may be logged now: how often it happened since it was logged last, or
 * undefined if that was less than an interval ago. Kinds of things are counted apart.
 */
export function atIntervals(intervalInMs: number): (kind: string) => number | undefined {
  const kinds = new Map<string, { loggedAt: number; times: number }>();
  return (kind) => {
    const now = performance.now();
    const { loggedAt, times } = kinds.get(kind) ?? { loggedAt: Number.NEGATIVE_INFINITY, times: 0 };
    const isDue = now - loggedAt >= intervalInMs;
    kinds.set(kind, isDue ? { loggedAt: now, times: 0 } : { loggedAt, times: times + 1 });
    return isDue ? times + 1 : undefined;
  };
}
