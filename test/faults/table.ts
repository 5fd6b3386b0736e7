import type { TaskResult } from "./lanes.js";
import type { Versions } from "./platform.js";
import type { Rating, SubjectName } from "./row.js";
import { rowNamed } from "./rows/index.js";

/** The subjects, in the order of the table, and what each is called there. */
export const columns: ReadonlyMap<SubjectName, string> = new Map([
  ["official", "official"],
  ["ours", "ours"],
  ["undici", "ours over undici"],
]);

const marks: Record<Rating, string> = { right: "✔", partly: "~", wrong: "✘", apart: "–" };

/** What must not be: our client falls short of a bar. */
export function isFault({ subject, rating }: TaskResult): boolean {
  return subject !== "official" && rating !== "right" && rating !== "apart";
}

/** One row of the matrix on a few lines: what is injected, what is best, and what each subject did. */
export function printTable(
  ids: readonly string[],
  results: readonly TaskResult[],
  failingOnly: boolean,
): void {
  for (const id of ids) {
    const { injection, bar, overUndici } = rowNamed(id);
    const ofRow = results.filter((result) => result.id === id);
    if (failingOnly && !ofRow.some(isFault)) continue;
    console.log(`${id.padEnd(5)} ${injection} → ${bar}`);
    for (const [name, title] of columns) {
      const result = ofRow.find(({ subject }) => subject === name);
      if (!result) continue;
      if (name === "undici" && overUndici) console.log(`        ${overUndici}`);
      const saw = result.rating === "apart" ? "sends nothing over it" : `${result.saw} (${result.ms} ms)`;
      console.log(`      ${marks[result.rating]} ${title.padEnd(16)} ${saw}`);
    }
  }
}

/** `Node v20.20.2, core-auth 1.10.1, …`. */
export function describeVersions({ node, core }: Versions): string {
  const packages = Object.entries(core).map(([name, version]) => `${name.replace(/^@\w+\//, "")} ${version}`);
  return `Node ${[node, ...packages].join(", ")}`;
}

/** `ours: 104 of 104 rows right; official: 40 of 104 rows right, 6 in part`. */
export function summaryOf(subjects: readonly SubjectName[], results: readonly TaskResult[]): string {
  return [...subjects]
    .reverse()
    .map((name) => {
      const ofSubject = results.filter(({ subject, rating }) => subject === name && rating !== "apart");
      const count = (rating: Rating): number => ofSubject.filter((result) => result.rating === rating).length;
      const partly = count("partly");
      return `${columns.get(name)}: ${count("right")} of ${ofSubject.length} rows right${partly ? `, ${partly} in part` : ""}`;
    })
    .join("; ");
}
