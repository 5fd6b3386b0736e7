import type { Reporter } from "vitest/node";
import type { SubjectName } from "./subjects.js";

const subjects: readonly SubjectName[] = ["official", "ours", "ours over undici"];
/** The verdict on a row that Vitest ended. Its error is printed above the table. */
const ended = { rating: "wrong", saw: "✗ no verdict" } as const;
const marks = { right: "✔", wrong: "✘", apart: "–" } as const;

/** Prints what each subject did in each row, and how many rows each subject got right. */
export const matrixReporter: Reporter = {
  onTestRunEnd(modules) {
    const ratings = new Map(subjects.map((subject) => [subject, [] as string[]]));
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const ran = tests.filter((test) => test.result().state !== "skipped");
    for (const { name } of ran.filter(({ fullName }) => fullName.startsWith("ours > "))) {
      console.log(name);
      for (const subject of subjects) {
        const start = `${subject} > ${name.split(":", 1)[0]}:`;
        const test = ran.find(({ fullName }) => fullName.startsWith(start));
        if (!test) continue;
        const { rating, saw } = test.meta().verdict ?? ended;
        ratings.get(subject)?.push(rating);
        console.log(
          `  ${marks[rating]} ${subject.padEnd(16)} ${rating === "apart" ? "sends nothing over undici" : saw}`,
        );
      }
    }
    for (const [subject, all] of ratings) {
      const count = (rating: keyof typeof marks): number => all.filter((each) => each === rating).length;
      console.log(`${subject}: ${count("right")} of ${all.length - count("apart")} rows right`);
    }
  },
};
