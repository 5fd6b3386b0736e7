import type { TestProjectInlineConfiguration } from "vitest/config";
import { timeLimit } from "./timeLimit.js";

/** What the projects of all suites have in common. Those with `extends: true` inherit it. */
export const sharedSettings: TestProjectInlineConfiguration["test"] = {
  testTimeout: timeLimit,
  hookTimeout: timeLimit,
  // Ends before the test does, so that the report has the last value.
  expect: { poll: { timeout: timeLimit / 5 } },
  // A machine may stall. `.ci/summary.mjs` names the tests that needed a second attempt.
  retry: process.env.CI === "true" ? 1 : 0,
};

/** Prints the results of a suite, and writes them for `.ci/summary.mjs`. */
export function reportersOf(name: string): ("default" | ["json", { outputFile: string }])[] {
  return ["default", ["json", { outputFile: `test-results/${name}-tests.json` }]];
}
