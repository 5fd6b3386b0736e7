import type { Reporter, TestCase } from "vitest/node";
import type { Verdict } from "./row.js";
import type { SubjectName } from "./subjects.js";

const marks: Record<Verdict["rating"], string> = { right: "✔", partly: "~", wrong: "✘", apart: "–" };

const subjects: readonly SubjectName[] = ["official", "ours", "ours over undici"];

interface Cell {
  readonly title: string;
  readonly subject: string;
  readonly rating: Verdict["rating"];
  readonly saw: string;
}

function cellOf(test: TestCase): Cell {
  const { verdict } = test.meta();
  const failure = test
    .result()
    .errors?.map(({ message }) => message)
    .join(" · ");
  return {
    title: test.name,
    subject: test.parent.type === "suite" ? test.parent.name : "",
    rating: verdict?.rating ?? "wrong",
    saw: verdict?.rating === "apart" ? "sends nothing over it" : (verdict?.saw ?? failure ?? "never ended"),
  };
}

/** Prints the matrix: a row on a few lines, with what each subject did, and how many rows each got right. */
export const matrixReporter: Reporter = {
  onTestRunEnd(modules) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const cells = tests.filter((test) => test.result().state !== "skipped").map(cellOf);
    for (const { title } of cells.filter(({ subject }) => subject === "ours")) {
      console.log(title);
      const id = title.slice(0, title.indexOf(":") + 1);
      for (const subject of subjects) {
        const cell = cells.find((each) => each.subject === subject && each.title.startsWith(id));
        if (cell) console.log(`  ${marks[cell.rating]} ${subject.padEnd(16)} ${cell.saw}`);
      }
    }
    for (const subject of subjects) {
      const ratings = cells.filter((cell) => cell.subject === subject).map(({ rating }) => rating);
      const count = (rating: Verdict["rating"]): number => ratings.filter((each) => each === rating).length;
      console.log(
        `${subject}: ${count("right")} of ${ratings.length - count("apart")} rows right, ${count("partly")} in part`,
      );
    }
  },
};
