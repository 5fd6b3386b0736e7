import { argumentError } from "./argumentError.js";

/** @param minLength - 0 accepts the empty string, for which the service returns its own error. */
export function requireText(value: unknown, name: string, minLength = 1, hint = ""): string {
  if (typeof value === "string" && value.length >= minLength) return value;
  const given = value === null ? "null" : value === "" ? "empty" : typeof value;
  const kind = minLength > 0 ? "non-empty string" : "string";
  throw argumentError(`${name} must be a ${kind}; it is ${given}.${hint}`);
}

/** Settings often come from environment variables, which are `undefined` if they aren't set, whatever the type says. */
export function requireSetting(value: unknown, name: string): string {
  return requireText(value, name, 1, " If it comes from an environment variable, is that set?");
}
