import { check } from "./check.js";
import { closestName } from "./closestName.js";

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
  // A name with other characters may be a secret in the wrong place.
  throw new TypeError(
    `${/^\w{1,40}$/.test(unknown) ? unknown : "One of the members"} is not an option${hint}`,
  );
}
