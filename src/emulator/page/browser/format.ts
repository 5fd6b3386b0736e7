const timeOfDay = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const dayAndTime = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});
const wholeNumber = new Intl.NumberFormat();

/** The time alone for today, and with the date for another day. */
export function formatTime(time: number, today: number): string {
  const date = new Date(time);
  const isToday = date.toDateString() === new Date(today).toDateString();
  return isToday
    ? timeOfDay.format(date)
    : `${date.toLocaleDateString(undefined, { month: "short", day: "numeric" })} ${timeOfDay.format(date)}`;
}

export function formatDayAndTime(time: number): string {
  return dayAndTime.format(time);
}

export function formatNumber(value: number): string {
  return wholeNumber.format(value);
}

/** `23:59:41`. */
export function formatCountdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  return [Math.floor(seconds / 3600), ...parts].join(":");
}

/** In the two largest units: `1 day 2 h`. */
export function formatDuration(milliseconds: number): string {
  let seconds = Math.round(Math.abs(milliseconds) / 1000);
  const parts: string[] = [];
  for (const [unit, length] of units) {
    const amount = Math.floor(seconds / length);
    seconds -= amount * length;
    if (amount > 0) parts.push(`${amount} ${unit === "day" && amount > 1 ? "days" : unit}`);
  }
  return parts.slice(0, 2).join(" ") || "0 s";
}

const units = [
  ["day", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

export function plural(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Both ends of a secret, which are enough to tell secrets apart. */
export function shorten(secret: string): string {
  return secret.length <= 20 ? secret : `${secret.slice(0, 8)}…${secret.slice(-6)}`;
}

/** The part of an id that differs between users, and what precedes it. */
export function splitUserId(id: string): { prefix: string; own: string } {
  const match = /^(8:acs:)[^_]+_(.+)$/.exec(id);
  if (match) return { prefix: `${match[1]}…_`, own: match[2] ?? "" };
  return { prefix: "", own: id };
}

/** A path of the service that fits on a line: `/identities/…4f1c2b/:revokeAccessTokens`. */
export function shortenPath(target: string): string {
  const [path = ""] = target.split("?", 1);
  return path
    .split("/")
    .map((segment) => (segment.length <= 24 || segment.startsWith(":") ? segment : shortenSegment(segment)))
    .join("/");
}

/** An id keeps its end, by which people tell ids apart. */
function shortenSegment(segment: string): string {
  return `…${decode(segment).slice(-6)}`;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
