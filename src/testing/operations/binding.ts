import { bindingError } from "../httpError.js";

/** Returns a string, or undefined for undefined or null. @throws HttpError 400 like the service's framework. */
export function boundText(value: unknown, field: string): string | undefined {
  return bound(value, field, "a string", (given) => typeof given === "string");
}

/** Like {@link boundText}. */
export function boundTexts(value: unknown, field: string): string[] | undefined {
  const isTexts = (given: unknown): given is string[] =>
    Array.isArray(given) && given.every((item) => typeof item === "string");
  return bound(value, field, "an array of strings", isTexts);
}

/** Like {@link boundText}. */
export function boundInteger(value: unknown, field: string): number | undefined {
  // A bitwise operation leaves only 32-bit integers unchanged.
  const isInteger = (given: unknown): given is number => typeof given === "number" && (given | 0) === given;
  return bound(value, field, "a 32-bit integer", isInteger);
}

function bound<T>(
  value: unknown,
  field: string,
  kind: string,
  is: (given: unknown) => given is T,
): T | undefined {
  if (value === undefined || value === null || is(value)) return value ?? undefined;
  throw bindingError(field, `The JSON value could not be converted to ${kind}.`);
}
