/** Formats a date relative to now: `in 24 hours`, `2 minutes ago`. A minute that has begun counts. */
export function relativeTime(date: Date, now: number = Date.now()): string {
  const minutes = Math.ceil((date.getTime() - now) / 60_000);
  const format = new Intl.RelativeTimeFormat("en");
  if (Math.abs(minutes) >= 2 * 24 * 60) return format.format(Math.round(minutes / 60 / 24), "day");
  if (Math.abs(minutes) >= 2 * 60) return format.format(Math.round(minutes / 60), "hour");
  return format.format(minutes, "minute");
}
