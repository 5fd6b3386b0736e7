import type { EntraSettings } from "../../admin/models.js";
import { certificateComment, environmentLines } from "../../environment/environment.js";

const timeOfDay = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const dayAndTimeOptions: Intl.DateTimeFormatOptions = {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
};
const dayAndTime = new Intl.DateTimeFormat(undefined, dayAndTimeOptions);
const moment = new Intl.DateTimeFormat(undefined, {
  ...dayAndTimeOptions,
  fractionalSecondDigits: 3,
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

export const formatDayAndTime = (time: number): string => dayAndTime.format(time);

/** Formats a time with its milliseconds. */
export const formatMoment = (time: number): string => moment.format(time);

export const formatNumber = (value: number): string => wholeNumber.format(value);

/** Formats what is left of a time: `23 h 58 min left`. It has seconds only if it is soon over. */
export function formatLeft(milliseconds: number): string {
  const isLong = milliseconds >= soonInMs;
  return `${formatDuration(isLong ? milliseconds - (milliseconds % 60_000) : milliseconds)} left`;
}

/** Returns after how many milliseconds {@link formatLeft} may have another text. */
export function leftChangesInMs(milliseconds: number): number {
  return milliseconds >= soonInMs ? (milliseconds % 60_000) + 1 : 1;
}

/** So little time is left that people shall see it, to the second. */
export const soonInMs: number = 10 * 60_000;

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

interface Named {
  readonly id: string;
  readonly customId?: string | undefined;
}

/** Returns what tells a user from others. */
export function nameOf({ id, customId }: Named): string {
  return shorten(customId ?? splitUserId(id).own);
}

/** The same, in fewer characters if it is an id. */
export function shortNameOf(user: Named): string {
  return user.customId === undefined ? shortenId(user.id) : nameOf(user);
}

/** Keeps the start and the end of a text that would take several lines. */
export function shorten(text: string): string {
  // Whole characters, of which some have two units.
  const all = Array.from(text);
  return all.length > 100 ? `${all.slice(0, 64).join("")}…${all.slice(-24).join("")}` : text;
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
  const segments = path
    .split("/")
    .map((segment) =>
      segment.length <= 24 || segment.startsWith(":") ? segment : shortenId(decoded(segment)),
    );
  return shorten(segments.join("/"));
}

/** Keeps the end of an id, by which people tell ids apart. */
export function shortenId(id: string): string {
  return `…${id.slice(-6)}`;
}

/** Returns the escape of a character in JSON and JavaScript, such as `\u202e`. */
export function unicodeEscape(character: string): string {
  return `\\u${hex(character, 4)}`;
}

export function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, "0");
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether the browser, and so the reader's shell, is on Windows. */
export const isWindows = (): boolean => navigator.userAgent.includes("Windows");

/** The origin of the page, since this computer evidently reaches the emulator there. */
export const endpoint: string = `${location.origin}/`;

/** Returns the connection string with this endpoint, and with only the start of the key unless `showsKey` is set. */
export function connectionString(given: string | undefined, showsKey: boolean): string {
  if (given === undefined) return "–";
  const key = keyIn(given);
  return `endpoint=${endpoint};accesskey=${showsKey ? key : `${key.slice(0, 4)}…`}`;
}

export function keyIn(connection = ""): string {
  return connection.split(";accesskey=")[1] ?? "";
}

/** Shortens a key so that it looks unlike another one, from the first character in which they differ. */
export function shortKey(key: string, other: string): string {
  let place = 0;
  while (place < key.length && key[place] === other[place]) place += 1;
  const start = Math.max(0, Math.min(place, key.length - 10));
  return `${start > 0 ? "…" : ""}${key.slice(start, start + 8)}…`;
}

/** Returns the lines of a `.env` file. Like the endpoint, the authority has the origin of the page. */
export function environmentText(entra: EntraSettings): string {
  const lines = environmentLines({ ...entra, authorityHost: location.origin });
  return [...lines, certificateComment, ""].join("\n");
}

/** The keys that an emulator has unless it gets others. They look alike when they are shortened. */
export function isWellKnown(key: string): boolean {
  try {
    return atob(key).startsWith("acs-identity emulator: ");
  } catch {
    return false;
  }
}

/** `crypto.randomUUID` doesn't exist on pages that come from another machine over plain http. */
export function randomGuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
