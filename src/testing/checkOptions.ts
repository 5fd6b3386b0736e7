import { check } from "./check.js";

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
  const names = [...known, ...Object.keys(elsewhere)];
  const [closest = ""] = names.sort((one, other) => distance(unknown, one) - distance(unknown, other));
  const hint =
    distance(unknown, closest) <= 2
      ? `: did you mean ${elsewhere[closest] ?? closest}?`
      : `. The options are ${known.join(", ")}`;
  // A name with other characters may be a secret in the wrong place.
  throw new TypeError(
    `${/^\w{1,40}$/.test(unknown) ? unknown : "One of the members"} is not an option${hint}`,
  );
}

/** Counts the letters to add, drop or replace to turn one name into the other, ignoring case. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one.toLowerCase()].entries()) {
    const next = [index + 1];
    for (const [column, otherLetter] of [...other.toLowerCase()].entries()) {
      const replaced = (row[column] ?? 0) + (letter === otherLetter ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
