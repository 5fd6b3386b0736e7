import { fileURLToPath } from "node:url";
import type { TestProjectInlineConfiguration } from "vitest/config";
import { timeLimit } from "./timeLimit.js";

/** What the projects of all suites have in common. Those with `extends: true` inherit it. */
export const sharedSettings: TestProjectInlineConfiguration["test"] = {
  testTimeout: timeLimit,
  hookTimeout: timeLimit,
  // A poll ends before the test does, so that the report has the last value.
  expect: { poll: { timeout: timeLimit / 5 } },
  // A machine may stall. `.ci/summary.mjs` names the tests that needed a second attempt.
  retry: process.env.CI === "true" ? 1 : 0,
};

/** What the reporter needs of a test. The token service has a Vitest of its own, whose types aren't these. */
interface FinishedTest {
  readonly fullName: string;
  readonly module: { readonly relativeModuleId: string };
  result(): { readonly state: string; readonly errors?: readonly { readonly message: string }[] | undefined };
}

interface FailureReporter {
  onTestCaseResult(test: FinishedTest): void;
}

/** Prints a failure when it happens. Vitest's own reporter waits for the end of the file. */
const failuresAtOnce: FailureReporter = {
  onTestCaseResult(test) {
    const { state, errors = [] } = test.result();
    if (state !== "failed") return;
    const messages = errors.map(({ message }) => message).join("\n");
    console.error(`FAILED ${test.module.relativeModuleId} > ${test.fullName}\n${messages}\n`);
  },
};

type Reporters = (FailureReporter | "default" | ["json", { outputFile: string }])[];

/** Prints the results of a suite, and writes them for `.ci/summary.mjs`. */
export function suiteReporters(name: string): Reporters {
  const outputFile = fileURLToPath(new URL(`../../test-results/${name}-tests.json`, import.meta.url));
  return ["default", failuresAtOnce, ["json", { outputFile }]];
}
