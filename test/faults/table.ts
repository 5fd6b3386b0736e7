import type { TaskResult } from "./lanes.js";
import type { Rating, SubjectName } from "./row.js";
import { rowNamed } from "./rows/index.js";

const marks: Record<Rating, string> = { right: "✔", partly: "~", wrong: "✘" };

/** One row of the matrix on a few lines: what is injected, what is best, and what each subject did. */
export function printTable(
  ids: readonly string[],
  results: readonly TaskResult[],
  failingOnly: boolean,
): void {
  for (const id of ids) {
    const { injection, bar } = rowNamed(id);
    const ofRow = results.filter((result) => result.id === id);
    if (failingOnly && ofRow.every(({ subject, rating }) => subject !== "ours" || rating === "right"))
      continue;
    console.log(`${id.padEnd(5)} ${injection} → ${bar}`);
    for (const name of ["official", "ours"] as const) {
      const result = ofRow.find(({ subject }) => subject === name);
      if (result)
        console.log(`      ${marks[result.rating]} ${name.padEnd(8)} ${result.saw} (${result.ms} ms)`);
    }
  }
}

/** `ours: 100 of 104 rows right; official: 40 of 104 rows right, 6 in part`. */
export function summaryOf(subjects: readonly SubjectName[], results: readonly TaskResult[]): string {
  return [...subjects]
    .reverse()
    .map((name) => {
      const ofSubject = results.filter(({ subject }) => subject === name);
      const count = (rating: Rating): number => ofSubject.filter((result) => result.rating === rating).length;
      const partly = count("partly");
      return `${name}: ${count("right")} of ${ofSubject.length} rows right${partly ? `, ${partly} in part` : ""}`;
    })
    .join("; ");
}
