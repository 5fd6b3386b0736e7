import { mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { run } from "../package/command.js";
import { binaries, binaryAt } from "./binaries.js";
import { nodeCases } from "./suite/suite.js";

const file = "test/runtimes/suite/program.test.ts";

/** Each with the arguments of its test runner, which writes a report in the format of JUnit. */
const programs: [name: string, binary: string | undefined, args: (report: string) => string[]][] = [
  [
    "Bun",
    await binaryAt(binaries.Bun),
    (report) => ["test", `./${file}`, "--reporter=junit", `--reporter-outfile=${report}`],
  ],
  [
    "Deno",
    await binaryAt(binaries.Deno),
    (report) => [
      "test",
      "--no-config",
      "--no-lock",
      "--no-check",
      "--node-modules-dir=manual",
      // The suite's modules name each other by .js, as TypeScript wants it.
      "--unstable-sloppy-imports",
      "--allow-net=127.0.0.1,localhost,acs.invalid",
      // Core reads its proxy and log settings, and says on which system it runs.
      "--allow-env",
      "--allow-sys=osRelease",
      `--junit-path=${report}`,
      file,
    ],
  ],
];

describe.each(programs.filter(([, binary]) => binary))("%s", (_, binary = "", args) => {
  /** One for each case, in order. */
  let results: readonly string[];

  beforeAll(async () => {
    const cwd = inject("installation");
    const report = join(await mkdtemp(join(cwd, "report-")), "junit.xml");
    const env = { CONNECTION_STRING: inject("connectionString") };
    const output = await run(binary, args(report), { cwd, env, mayFail: true });
    const testCases = (await readFile(report, "utf8")).split("<testcase ").slice(1);
    expect(testCases, output).toHaveLength(nodeCases.length);
    results = testCases.map((text) => /<failure.*<\/failure>/s.exec(text)?.[0] ?? "passed");
  }, 120_000);

  for (const [index, { name }] of nodeCases.entries()) {
    it(name, () => expect(results[index]).toBe("passed"));
  }
});

for (const { name, need } of inject("absent")) {
  // CI has all of them.
  it.runIf(process.env.CI === "true")(`${name} runs the suite (install ${need})`, () => {
    throw new Error(`This machine doesn't have ${name}.`);
  });
}
