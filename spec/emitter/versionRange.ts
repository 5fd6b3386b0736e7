import { list, quote } from "./source.js";

const isPreview = (version: string): boolean => version.endsWith("-preview");

/**
 * Writes the versions that have something as the client compares them: `{ since, until, stable }`. Versions are dates,
 * so a range means the same as a list, and also covers future versions.
 *
 * @param versions - Consecutive entries of `all`, oldest first.
 */
export function writeVersionRange(versions: readonly string[], all: readonly string[]): string {
  const [since, last] = [versions[0], versions.at(-1)];
  if (since === undefined || last === undefined) throw new Error("Nothing exists in no version.");
  const first = all.indexOf(since);
  if (all.slice(first, first + versions.length).join() !== versions.join()) {
    throw new Error(`The versions ${versions.join(", ")} are no range.`);
  }
  const until = all[all.indexOf(last) + 1];
  const stable = versions.find((version) => !isPreview(version));
  const members = [`since: ${quote(since)}`];
  if (until !== undefined) members.push(`until: ${quote(until)}`);
  if (stable !== undefined && stable !== since) members.push(`stable: ${quote(stable)}`);
  return list("{", members, "}");
}
