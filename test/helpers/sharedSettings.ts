import { fileURLToPath } from "node:url";
import { watchProcesses } from "./leftProcesses.js";
import { timeLimit } from "./timeLimit.js";

/**
 * What the projects of all suites have in common. Those with `extends: true` inherit it. These types, and those of the
 * reporter below, aren't Vitest's, because the token service has a Vitest of its own.
 */
export const sharedSettings: {
  readonly testTimeout: number;
  readonly hookTimeout: number;
  readonly expect: { readonly poll: { readonly timeout: number } };
  readonly retry: number;
} = {
  testTimeout: timeLimit,
  hookTimeout: timeLimit,
  // A poll ends before the test does, so that the report has the last value.
  expect: { poll: { timeout: timeLimit / 5 } },
  // A machine may stall. `.ci/summary.mjs` names the tests that needed a second attempt.
  retry: process.env.CI === "true" ? 1 : 0,
};

type Errors = readonly { readonly message: string }[];

interface FinishedModule {
  readonly relativeModuleId: string;
  errors(): Errors;
}
interface FinishedSuite {
  readonly fullName: string;
  readonly module: FinishedModule;
  errors(): Errors;
}
interface FinishedTest {
  readonly fullName: string;
  readonly module: FinishedModule;
  result(): { readonly state: string; readonly errors?: Errors | undefined };
}

interface FailureReporter {
  onInit(): void;
  onTestCaseResult(test: FinishedTest): void;
  onTestSuiteResult(suite: FinishedSuite): void;
  onTestModuleEnd(module: FinishedModule): void;
}

/** Prints a failure when it happens, and processes that are left at the end. Vitest's own reporter waits for the end of the file. */
const failuresAtOnce: FailureReporter = {
  onInit: watchProcesses,
  onTestCaseResult(test) {
    const { state, errors = [] } = test.result();
    if (state === "failed") printFailure(`${test.module.relativeModuleId} > ${test.fullName}`, errors);
  },
  // These two have the errors of hooks such as `beforeAll`.
  onTestSuiteResult(suite) {
    const errors = suite.errors();
    if (errors.length > 0) printFailure(`${suite.module.relativeModuleId} > ${suite.fullName}`, errors);
  },
  onTestModuleEnd(module) {
    const errors = module.errors();
    if (errors.length > 0) printFailure(module.relativeModuleId, errors);
  },
};

function printFailure(name: string, errors: Errors): void {
  console.error(`FAILED ${name}\n${errors.map(({ message }) => message).join("\n")}\n`);
}

type Reporters = (FailureReporter | "default" | ["json", { outputFile: string }])[];

/** Prints the results of a suite, and writes them for `.ci/summary.mjs`. */
export function suiteReporters(name: string): Reporters {
  const outputFile = fileURLToPath(new URL(`../../test-results/${name}-tests.json`, import.meta.url));
  return ["default", failuresAtOnce, ["json", { outputFile }]];
}
