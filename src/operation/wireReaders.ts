/**
 * Reads a JSON value from the wire, for the generated deserializers. The error contains the name ("body.identity.id"), but
 * never the value, since a response may hold an access token.
 */
export type Reader<T> = (value: unknown, name: string) => T;

/** ISO 8601 with an offset. The service sends `+00:00` and up to 7 fraction digits (recorded traffic). */
const dateTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

export function readObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse(name, "an object");
  return value as Record<string, unknown>;
}

export function readString(value: unknown, name: string): string {
  if (typeof value !== "string" || value === "") throw refuse(name, "a string");
  return value;
}

/** Truncates the fraction to milliseconds, since engines disagree on dates with more than 3 fraction digits. */
export function readDate(value: unknown, name: string): Date {
  const [, time, fraction = "", offset] = dateTime.exec(typeof value === "string" ? value : "") ?? [];
  const date = new Date(`${time}.${fraction.padEnd(3, "0").slice(0, 3)}${offset}`);
  // `Date` takes February 31 for March 3.
  const isInMonth = new Date(`${time}Z`).getUTCDate() === Number(time?.slice(8, 10));
  if (!isInMonth || Number.isNaN(date.getTime())) throw refuse(name, "a date and time with an offset");
  return date;
}

export function readArray<T>(value: unknown, name: string, readItem: Reader<T>): T[] {
  if (!Array.isArray(value)) throw refuse(name, "an array");
  return value.map((item) => readItem(item, name));
}

function refuse(name: string, type: string): TypeError {
  return new TypeError(`${name} is missing or not ${type}`);
}
