import { argumentError } from "./argumentError.js";

/** The type of an option, or a function that returns true for a value that can be used and else says what it must be. */
export type OptionKind = "anything" | "boolean" | "function" | "string" | ((value: never) => true | string);

/** The kind of each option, or of its members. A list that lacks a name doesn't compile. */
export type OptionKinds<Bag> = {
  readonly [Name in keyof Required<Bag>]: OptionKind | OptionKinds<NonNullable<Bag[Name]>>;
};

export const notNegative = (value: unknown): true | string =>
  (typeof value === "number" && value >= 0) || "a number, 0 or more";

/** What can be iterated over, such as an array, a Map or Headers, has no members to read. */
export const plainObject = (value: object): true | string =>
  (typeof value === "object" && !(Symbol.iterator in value)) || "an object";

/**
 * Copies the options that `kinds` names, at every depth. They are read by name, because a bag may be a class instance or
 * inherit its defaults. Null counts as omitted.
 * @throws TypeError for an option that isn't of its kind.
 */
export function readOptions<Bag extends object>(
  given: Bag | null | undefined,
  kinds: OptionKinds<Bag>,
  prefix = "",
): Bag {
  if (given != null && plainObject(given) !== true) throw argumentError("The options must be an object.");
  const options = (given ?? {}) as Readonly<Record<string, unknown>>;
  const read: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries<OptionKind | OptionKinds<object>>(kinds)) {
    const value = (options[name] ?? undefined) as never;
    const test: OptionKind = typeof kind === "object" ? plainObject : (kind as OptionKind);
    const isRight = value === undefined || test === "anything" || typeof value === test;
    const problem = isRight || (typeof test === "function" ? test(value) : `a ${test}`);
    if (problem !== true) throw argumentError(`${prefix}${name} must be ${problem}.`);
    read[name] = typeof kind === "object" ? readOptions<object>(value, kind, `${name}.`) : value;
  }
  return read as Bag;
}
