// Sums up all suites: what failed by name, `N retried`, if any, and then `N passed, N failed, N skipped`. No results count as
// a failure.
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../test-results/", import.meta.url);
let passed = 0;
const failures = [];
const retried = [];
const skipped = [];

for (const name of readResults()) {
  const { testResults } = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  for (const suite of testResults) {
    // A suite that can't run here writes its reason without a file.
    const file = suite.name ? `${suite.name.split("/test/").at(-1)} > ` : "";
    // A file that can't be read has no tests, and those of a hook that failed count as skipped.
    if (suite.status === "failed" && !suite.assertionResults.some(({ status }) => status === "failed"))
      failures.push(`${file}can't be read, or a hook of it failed`);
    for (const { status, fullName, failureMessages } of suite.assertionResults) {
      if (status === "passed") passed++;
      else if (status === "failed") failures.push(file + fullName);
      else skipped.push(file + fullName);
      // Vitest keeps the failures of earlier attempts.
      if (status === "passed" && failureMessages.length > 0) retried.push(file + fullName);
    }
  }
}

for (const name of skipped) console.log(`skipped: ${name}`);
for (const name of retried) console.log(`retried: ${name}`);
for (const name of failures) console.log(`failed: ${name}`);
for (const line of readFailures()) console.log(line);
// The argument is 1 if something failed: a suite that can't start, or was ended, leaves no results.
let failed = failures.length;
if (failed === 0 && (passed === 0 || process.argv[2] === "1")) {
  console.log("A suite failed without results.");
  failed = 1;
}
if (retried.length > 0) console.log(`${retried.length} retried`);
console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`);
process.exitCode = failed > 0 ? 1 : 0;

function readResults() {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}

/** What ended with a failure, a line each, as `.ci/run` and `.ci/suites` wrote it down. */
function readFailures() {
  try {
    return readFileSync(new URL("failures.txt", folder), "utf8").trim().split("\n");
  } catch {
    return [];
  }
}
