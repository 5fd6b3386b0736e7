// npm run test:runtimes: the suite on the packed tarball, in every runtime that the package supports.
import { hasChromium } from "../browser/chromium.js";
import { binaryAt } from "./binaries.js";
import { openProject, type Project } from "./project.js";
import { chromium, type Runtime, runtimes } from "./runtimes.js";
import { cases } from "./suite.js";

interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly problems: readonly string[];
  /** Absent unless the runtime can't be had. */
  readonly skipped?: string;
  readonly seconds: number;
}

/** The path of a runtime's binary: empty for one that needs none, undefined for one that can't be had. */
async function binaryOf(runtime: Runtime): Promise<string | undefined> {
  if (runtime === chromium) return hasChromium() ? "" : undefined;
  return runtime.binary === undefined ? "" : binaryAt(runtime.binary);
}

async function outcomeOf(runtime: Runtime, project: Project): Promise<Outcome> {
  const { name } = runtime;
  const binary = await binaryOf(runtime);
  const start = performance.now();
  const outcome = (passed: number, problems: readonly string[]): Outcome => {
    return { name, passed, problems, seconds: (performance.now() - start) / 1000 };
  };
  if (binary === undefined) {
    const skipped = `no binary for ${process.platform} ${process.arch}`;
    return process.env.CI === "true" ? outcome(0, [skipped]) : { ...outcome(0, []), skipped };
  }
  try {
    const results = await runtime.run(project, binary);
    const problems = results.flatMap(({ name: title, problem }) => (problem ? [`${title}: ${problem}`] : []));
    if (results.length < cases.length) problems.push(`ran ${results.length} of ${cases.length} cases`);
    return outcome(results.length - problems.length, problems);
  } catch (error) {
    return outcome(0, [error instanceof Error ? error.message : String(error)]);
  }
}

function print({ name, passed, problems, skipped, seconds }: Outcome): void {
  const verdict = skipped ? `skipped: ${skipped}` : `${passed} passed, ${problems.length} failed`;
  console.log(`${name.padEnd(16)} ${verdict}${skipped ? "" : ` in ${seconds.toFixed(1)} s`}`);
  for (const problem of problems) console.log(`  ${problem.replaceAll("\n", "\n    ")}`);
}

const wanted = process.argv.slice(2);
const project = await openProject();
const outcomes: Outcome[] = [];
try {
  for (const runtime of runtimes) {
    if (wanted.length > 0 && !wanted.some((word) => runtime.name.includes(word))) continue;
    const outcome = await outcomeOf(runtime, project);
    print(outcome);
    outcomes.push(outcome);
  }
} finally {
  await project.close();
}
const sum = (count: (outcome: Outcome) => number) =>
  outcomes.reduce((total, outcome) => total + count(outcome), 0);
const failed = sum(({ problems }) => problems.length);
const skipped = sum((outcome) => (outcome.skipped ? 1 : 0));
console.log(
  `runtimes: ${sum(({ passed }) => passed)} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`,
);
process.exitCode = failed > 0 ? 1 : 0;
