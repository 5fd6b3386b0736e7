import { check, checkMembers, isGuid } from "./check.js";

/** What a member of an object has to be. */
export interface Kind {
  /** After "must be": `a string`. */
  readonly words: string;
  is(value: unknown): boolean;
  /** Whether null has a meaning of its own. Elsewhere in JSON, it means that a member isn't set. */
  readonly takesNull?: boolean;
}

/** The same with all of its members. */
export type Complete<Value> = { [Name in keyof Value]-?: Exclude<Value[Name], undefined> };

/** Some of the members, of which one that is undefined counts as omitted. */
export type Given<Value> = { readonly [Name in keyof Value]?: Value[Name] | undefined };

/** The kind of each member of an object. */
export type Kinds<Value> = Readonly<Record<keyof Value, Kind>>;

export const text: Kind = { words: "a string", is: (value) => typeof value === "string" };

export const boolean: Kind = { words: "true or false", is: (value) => typeof value === "boolean" };

export const guid: Kind = {
  words: "a GUID in lower case",
  is: (value) => typeof value === "string" && isGuid(value),
};

export const nonEmptyText: Kind = {
  words: "a non-empty string",
  is: (value) => typeof value === "string" && value !== "",
};

export const finiteNumber: Kind = { words: "a finite number", is: Number.isFinite };

export const texts: Kind = arrayOf("an array of strings", nonEmptyText.is);

export const guids: Kind = arrayOf("an array of GUIDs in lower case", guid.is);

export const guidInAnyCase: Kind = {
  words: "a GUID",
  is: (value) => typeof value === "string" && isGuid(value.toLowerCase()),
};

/** What is checked where it is read. */
export function anything(words: string): Kind {
  return { words, is: () => true };
}

export const number: Kind = integer(0, Number.MAX_SAFE_INTEGER);

/** In 32 bits, since 1970. */
export const seconds: Kind = {
  words: "whole seconds since 1970",
  is: (value) => Number(value) >>> 0 === value,
};

/** What a Date can hold. */
export const time: Kind = {
  words: "milliseconds since 1970",
  is: (value) => typeof value === "number" && Math.abs(value) <= 8.64e15,
};

export function integer(least: number, most: number): Kind {
  const end = most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : "";
  return {
    words: `an integer from ${least}${end}`,
    is: (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
  };
}

export function numberFrom0(most: number = Number.POSITIVE_INFINITY): Kind {
  return {
    words: `a number from 0${most < Number.POSITIVE_INFINITY ? ` to ${most}` : ""}`,
    is: (value) => typeof value === "number" && value >= 0 && value <= most,
  };
}

export function arrayOf(words: string, is: Kind["is"]): Kind {
  return { words, is: (value) => Array.isArray(value) && value.every(is) };
}

export function oneOf(values: readonly string[]): Kind {
  return { words: `one of ${values.join(", ")}`, is: (value) => values.some((one) => one === value) };
}

export function optional(kind: Kind): Kind {
  return { ...kind, is: (value) => value === undefined || kind.is(value) };
}

export function orNull({ words, is }: Kind): Kind {
  return { words: `${words}, or null`, is: (value) => value === null || is(value), takesNull: true };
}

/** Returns the kinds as optional ones. */
export function partial<Value>(kinds: Kinds<Value>): Kinds<Value> {
  const entries = Object.entries<Kind>(kinds).map(([name, kind]) => [name, optional(kind)]);
  return Object.fromEntries(entries) as Kinds<Value>;
}

/** Returns the kinds in words. */
export function wordsOf(kinds: Kinds<object>): Readonly<Record<string, string>> {
  const entries = Object.entries<Kind>(kinds);
  return Object.fromEntries(
    entries.map(([name, { words, is }]) => [name, is(undefined) ? words : `${words}, required`]),
  );
}

/**
 * Fills in missing members from the existing value, or else from the defaults.
 * @param what - Such as `An Entra user`.
 * @throws TypeError that names the member that isn't valid.
 */
export function resolved<Value extends object>(
  what: string,
  kinds: Kinds<Value>,
  given: Given<Value>,
  defaults: Partial<Value>,
  before?: Value,
): Value {
  checkMembers(given, Object.keys(kinds), what);
  const value = { ...defaults, ...before, ...withoutUndefined(given) } as Value;
  for (const [name, { words, is }] of Object.entries<Kind>(kinds)) {
    check(is(value[name as keyof Value]), `${what}'s ${name} must be ${words}`);
  }
  return value;
}

/** Returns the members that are set: one that is undefined counts as omitted. */
export function withoutUndefined<Value extends object>(given: Value): Partial<Value> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<Value>;
}
