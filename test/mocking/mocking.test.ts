import { cp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { run } from "../package/command.js";
import { installation, temporaryFolder } from "../package/packed.js";

const here = fileURLToPath(new URL("./", import.meta.url));

/** A project with its own tests, and how to start its test tool. */
interface MockingProject {
  readonly name: string;
  /** The tool's path in node_modules. Omitted for Node's own test runner. */
  readonly tool?: string;
  readonly args: readonly string[];
  readonly nodeOptions?: readonly string[];
}

const projects: readonly MockingProject[] = [
  { name: "vitest", tool: "vitest/vitest.mjs", args: ["run", "--reporter=json", "--outputFile=result.json"] },
  { name: "jest-commonjs", tool: "jest/bin/jest.js", args: ["--json", "--outputFile=result.json"] },
  {
    name: "jest-esm",
    tool: "jest/bin/jest.js",
    args: ["--json", "--outputFile=result.json"],
    nodeOptions: ["--experimental-vm-modules"],
  },
  { name: "node-test", args: ["--test", "--test-reporter=tap"] },
];

let packages: string;
let folder: string;

beforeAll(async () => {
  packages = join((await installation(here)).folder, "node_modules");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a project that mocks the client", () => {
  it.each(projects)("with $name passes its tests", async ({ name, tool, args, nodeOptions = [] }) => {
    folder = await temporaryFolder(name);
    await cp(join(here, "projects", name), folder, { recursive: true });
    await symlink(packages, join(folder, "node_modules"), "junction");
    const program = tool ? [join(packages, tool)] : [];
    // The project's tool must not see the variables of this Vitest run.
    const env = { NODE_OPTIONS: "", VITEST: "", VITEST_POOL_ID: "", VITEST_WORKER_ID: "", NODE_ENV: "test" };
    const output = await run(process.execPath, [...nodeOptions, ...program, ...args], { cwd: folder, env });
    expect(await countOf(folder, output)).toEqual(await countTests());
  });
});

interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** Reads the counts that the tool reports. */
async function countOf(project: string, output: string): Promise<Count> {
  const tap = (name: string) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(output)?.[1]);
  if (output.startsWith("TAP")) return { passed: tap("pass"), failed: tap("fail") };
  const result = JSON.parse(await readFile(join(project, "result.json"), "utf8")) as Record<string, number>;
  return { passed: result.numPassedTests ?? 0, failed: result.numFailedTests ?? 0 };
}

/** Counts the tests in the project's files. */
async function countTests(): Promise<Count> {
  let passed = 0;
  for (const name of await readdir(folder)) {
    if (!/\.(?:spec|test)\.[jt]s$/.test(name)) continue;
    passed += (await readFile(join(folder, name), "utf8")).match(/^(?:it|test)\(/gm)?.length ?? 0;
  }
  return { passed, failed: 0 };
}
