import { cp, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../helpers/command.js";
import { installation, temporaryFolder } from "../../helpers/packed.js";

const here = fileURLToPath(new URL("./", import.meta.url));

/** A project with its own tests, and how to start its test tool. */
interface MockingProject {
  readonly name: string;
  /** The tool's path in node_modules. Omitted for Node's own test runner. */
  readonly tool?: string;
  readonly args: readonly string[];
  /** How many tests it has: those of cases.cjs, and its own mocks and spies. */
  readonly tests: number;
  readonly nodeOptions?: readonly string[];
}

const projects: readonly MockingProject[] = [
  {
    name: "vitest",
    tool: "vitest/vitest.mjs",
    args: ["run", "--reporter=json", "--outputFile=result.json"],
    tests: 3 + 3,
  },
  {
    name: "jest-commonjs",
    tool: "jest/bin/jest.js",
    args: ["--json", "--outputFile=result.json"],
    tests: 3 + 3,
  },
  {
    name: "jest-esm",
    tool: "jest/bin/jest.js",
    args: ["--json", "--outputFile=result.json"],
    tests: 3 + 2,
    nodeOptions: ["--experimental-vm-modules"],
  },
  { name: "node-test", args: ["--test", "--test-reporter=tap"], tests: 3 + 1 },
];

let packages: string;
let folder: string;

beforeAll(async () => {
  packages = join((await installation(here)).folder, "node_modules");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a project that mocks the client", () => {
  it.each(projects)("with $name passes its tests", async ({ name, tool, args, tests, nodeOptions = [] }) => {
    folder = await temporaryFolder(name);
    await cp(join(here, "projects", name), folder, { recursive: true });
    await cp(join(here, "projects/cases.cjs"), join(folder, "cases.cjs"));
    await symlink(packages, join(folder, "node_modules"), "junction");
    const program = tool ? [join(packages, tool)] : [];
    // The project's tool must not see the variables of this Vitest run.
    const env = { NODE_OPTIONS: "", VITEST: "", VITEST_POOL_ID: "", VITEST_WORKER_ID: "", NODE_ENV: "test" };
    const output = await run(process.execPath, [...nodeOptions, ...program, ...args], { cwd: folder, env });
    if (output.startsWith("TAP")) expect(output).toMatch(new RegExp(`^# pass ${tests}\\n# fail 0$`, "m"));
    else {
      const result = JSON.parse(await readFile(join(folder, "result.json"), "utf8"));
      expect(result).toMatchObject({ numPassedTests: tests, numFailedTests: 0 });
    }
  });
});
