import { check } from "./check.js";

/**
 * Refuses an option that no one reads: in JavaScript a misspelt one would be ignored.
 * @param known - The names of the options.
 * @param elsewhere - What to write in the place of other names that people try.
 * @throws TypeError that names the option and, where one is close, what was probably meant.
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
      ? `did you mean ${elsewhere[closest] ?? closest}?`
      : `there are ${known.join(", ")}`;
  // A name with anything else in it may be a secret in the wrong place.
  throw new TypeError(`${/^\w{1,40}$/.test(unknown) ? unknown : "One member"} is not an option: ${hint}`);
}

/** How many letters must be added, dropped or replaced to get from one name to the other, without case. */
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
