import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { run } from "../helpers/command.js";
import { isGateMachine } from "../helpers/gateMachine.js";
import { timeLimit } from "../helpers/timeLimit.js";
import { binaries, binaryAt } from "./binaries.js";
import { nodeCases } from "./suite/suite.js";

const bun = [
  "test",
  // Instead of five seconds.
  `--timeout=${timeLimit}`,
  "./test/runtimes/suite/program.test.ts",
  "--reporter=junit",
  "--reporter-outfile=Bun.xml",
];
const deno = [
  ...["test", "--no-config", "--no-lock", "--no-check", "--node-modules-dir=manual", "--junit-path=Deno.xml"],
  // The suite's imports end in .js, as TypeScript requires.
  "--unstable-sloppy-imports",
  // Azure Core reads its proxy and log settings, and sends the version of the operating system.
  ...["--allow-net=127.0.0.1,localhost,acs.invalid", "--allow-env", "--allow-sys=osRelease"],
  "test/runtimes/suite/program.test.ts",
];
const programs = [
  ["Bun", await binaryAt(binaries.Bun), bun],
  ["Deno", await binaryAt(binaries.Deno), deno],
] as const;

describe.each(programs.filter(([, path]) => path))("%s", (name, path = "", args) => {
  /** The result of each case, in order. */
  let results: readonly string[];

  beforeAll(async () => {
    const cwd = dirname(inject("installation"));
    const env = { CONNECTION_STRING: inject("connectionString") };
    const output = await run(path, args, { cwd, env, mayFail: true });
    results = (await readFile(join(cwd, `${name}.xml`), "utf8")).split("<testcase ").slice(1);
    expect(results, output).toHaveLength(nodeCases.length);
  });

  for (const [index, { name }] of nodeCases.entries()) {
    it(name, () => expect(results[index]).not.toContain("<failure"));
  }
});

for (const { name, need } of inject("absent")) {
  it.runIf(isGateMachine)(`${name} runs the suite (needs ${need})`, () => {
    throw new Error(`This machine doesn't have ${name}.`);
  });
}
