import { closestName } from "./closestName.js";

/** Not for hot loops: each call builds its message. @throws TypeError if the condition is false. */
export function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new TypeError(message);
}

/** @throws the {@link optionError} if the condition is false. */
export function checkOption(condition: unknown, option: string, rule: string): asserts condition {
  if (!condition) throw optionError(option, rule);
}

/** Creates a TypeError with the option's name, such as `tls.cert`, and what is wrong. The command names its flag instead. */
export function optionError(option: string, rule: string): TypeError {
  return Object.assign(new TypeError(`${option} ${rule}`), { option, rule });
}

/** Returns whether a text is a GUID in lower case. */
export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** @throws TypeError if the value isn't an object or has an unknown member, such as a misspelt one. */
export function checkMembers(value: unknown, known: readonly string[], name: string): void {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const unknown = isObject ? Object.keys(value).find((member) => !known.includes(member)) : undefined;
  check(
    isObject && unknown === undefined,
    `${name} must be ${known.length > 0 ? `an object with only the members ${known.join(", ")}` : "empty"}${
      unknown === undefined ? "" : `: ${nameOrNone(unknown)} isn't one`
    }`,
  );
}

/** Returns a member's name for a message. One with other characters may be a secret in the wrong place. */
function nameOrNone(member: string): string {
  return /^\w{1,40}$/.test(member) ? member : "one of its members";
}

/**
 * Rejects unknown options. Without this check, JavaScript callers wouldn't notice a misspelt one.
 * @param known - The names of the options.
 * @param elsewhere - Maps other names that people try to what they should write instead.
 * @throws TypeError that names the unknown option and suggests a similar one if there is one.
 */
export function checkOptions(
  options: unknown,
  known: readonly string[],
  elsewhere: Readonly<Record<string, string>> = {},
): void {
  check(typeof options === "object" && options && !Array.isArray(options), "The options must be an object");
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const closest = closestName(unknown, [...known, ...Object.keys(elsewhere)]);
  const hint = closest
    ? `: did you mean ${elsewhere[closest] ?? closest}?`
    : `. The options are ${known.join(", ")}`;
  throw new TypeError(`${nameOrNone(unknown)} is not an option${hint}`);
}
