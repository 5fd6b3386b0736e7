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

/** Formats a time, with its date unless that is today. */
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

/** Formats hours, minutes and seconds: `23:59:41`. */
export function formatCountdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  return [Math.floor(seconds / 3600), ...parts].join(":");
}

/** Formats the two largest units: `1 day 2 h`. */
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

/** Keeps both ends of a secret, which are enough to tell secrets apart. */
export function shorten(secret: string): string {
  return secret.length <= 20 ? secret : `${secret.slice(0, 8)}…${secret.slice(-6)}`;
}

/** Splits an id into the part that differs between users and the prefix before it. */
export function splitUserId(id: string): { prefix: string; own: string } {
  const match = /^(8:acs:)[^_]+_(.+)$/.exec(id);
  if (match) return { prefix: `${match[1]}…_`, own: match[2] ?? "" };
  return { prefix: "", own: id };
}

/** Shortens a request's path to fit on a line: `/identities/…4f1c2b/:revokeAccessTokens`. */
export function shortenPath(target: string): string {
  const [path = ""] = target.split("?", 1);
  return path
    .split("/")
    .map((segment) => (segment.length <= 24 || segment.startsWith(":") ? segment : shortenSegment(segment)))
    .join("/");
}

/** Keeps the end of an id, by which people tell ids apart. */
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

/** The origin of the page, since this computer evidently reaches the emulator there. */
export const endpoint: string = `${location.origin}/`;

/** Returns the connection string with this endpoint, and with only the start of the key unless `showsKey` is set. */
export function connectionString(given: string | undefined, showsKey: boolean): string {
  if (given === undefined) return "–";
  const [, key = ""] = given.split(";accesskey=");
  return `endpoint=${endpoint};accesskey=${showsKey ? key : `${key.slice(0, 4)}…`}`;
}

/** `crypto.randomUUID` doesn't exist on pages that come from another machine over plain http. */
export function randomGuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
