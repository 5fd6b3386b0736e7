import { check, checkMembers, isGuid } from "./check.js";

/** What a member of an object has to be. */
export interface Constraint {
  /** After "must be": `a string`. */
  readonly words: string;
  is(value: unknown): boolean;
  /** Whether null has a meaning of its own. Elsewhere in JSON, it means that a member isn't set. */
  readonly takesNull?: boolean;
}

/** The same with all of its members. */
export type Complete<Value> = { [Name in keyof Value]-?: Exclude<Value[Name], undefined> };

/** A value that may lack members. A member that is undefined counts as omitted. */
export type Given<Value> = { readonly [Name in keyof Value]?: Value[Name] | undefined };

/** The constraint of each member of an object. */
export type Constraints<Value> = Readonly<Record<keyof Value, Constraint>>;

export const text: Constraint = { words: "a string", is: (value) => typeof value === "string" };

export const boolean: Constraint = { words: "true or false", is: (value) => typeof value === "boolean" };

export const guid: Constraint = {
  words: "a GUID in lower case",
  is: (value) => typeof value === "string" && isGuid(value),
};

export const nonEmptyText: Constraint = {
  words: "a non-empty string",
  is: (value) => typeof value === "string" && value !== "",
};

export const finiteNumber: Constraint = { words: "a finite number", is: Number.isFinite };

/** The lifetime of a token for a test, which may be over already. */
export const minutesWithinAYear: Constraint = {
  words: "a number from -525600 to 525600",
  is: (value) => typeof value === "number" && Math.abs(value) <= 525_600,
};

export const texts: Constraint = arrayOf("an array of non-empty strings", nonEmptyText.is);

export const guids: Constraint = arrayOf("an array of GUIDs in lower case", guid.is);

export const guidInAnyCase: Constraint = {
  words: "a GUID",
  is: (value) => typeof value === "string" && isGuid(value.toLowerCase()),
};

/** Returns a constraint for what the function that reads it checks. */
export function anything(words: string): Constraint {
  return { words, is: () => true };
}

export const wholeNumber: Constraint = integer(0, Number.MAX_SAFE_INTEGER);

/** Seconds since 1970 in 32 bits, as in the claims of tokens. */
export const seconds: Constraint = {
  words: "whole seconds since 1970",
  is: (value) => Number(value) >>> 0 === value,
};

/** Milliseconds since 1970 within the range of a Date. */
export const time: Constraint = {
  words: "milliseconds since 1970",
  is: (value) => typeof value === "number" && Math.abs(value) <= 8.64e15,
};

export function integer(least: number, most: number): Constraint {
  const end = most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : "";
  return {
    words: `an integer from ${least}${end}`,
    is: (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
  };
}

export function numberFrom0(most: number = Number.POSITIVE_INFINITY): Constraint {
  return {
    words: `a number from 0${most < Number.POSITIVE_INFINITY ? ` to ${most}` : ""}`,
    is: (value) => typeof value === "number" && value >= 0 && value <= most,
  };
}

export function arrayOf(words: string, is: Constraint["is"]): Constraint {
  return { words, is: (value) => Array.isArray(value) && value.every(is) };
}

export function oneOf(values: readonly string[]): Constraint {
  return { words: `one of ${values.join(", ")}`, is: (value) => values.some((one) => one === value) };
}

export function optional(constraint: Constraint): Constraint {
  return { ...constraint, is: (value) => value === undefined || constraint.is(value) };
}

export function orNull({ words, is }: Constraint): Constraint {
  return { words: `${words}, or null`, is: (value) => value === null || is(value), takesNull: true };
}

/** Returns the constraints as optional ones. */
export function partial<Value>(constraints: Constraints<Value>): Constraints<Value> {
  const entries = Object.entries<Constraint>(constraints).map(([name, constraint]) => [
    name,
    optional(constraint),
  ]);
  return Object.fromEntries(entries) as Constraints<Value>;
}

/** Returns the constraints in words. */
export function constraintWords(constraints: Constraints<object>): Readonly<Record<string, string>> {
  const entries = Object.entries<Constraint>(constraints);
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
  constraints: Constraints<Value>,
  given: Given<Value>,
  defaults: Partial<Value>,
  before?: Value,
): Value {
  checkMembers(given, Object.keys(constraints), what);
  const value = { ...defaults, ...before, ...withoutUndefined(given) } as Value;
  for (const [name, { words, is }] of Object.entries<Constraint>(constraints)) {
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
