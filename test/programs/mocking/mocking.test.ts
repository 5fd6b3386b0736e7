import { cp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../helpers/command.js";
import { readText } from "../../helpers/documents.js";
import { installation, temporaryFolder } from "../../helpers/packed.js";

const here = fileURLToPath(new URL("./", import.meta.url));

/** A project with its own tests, and how to start its test tool. */
interface MockingProject {
  readonly name: string;
  /** For each page, the headings whose first files it runs, and under which names. */
  readonly pages: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The tool's path in node_modules. Omitted for Node's own test runner. */
  readonly tool?: string;
  readonly args: readonly string[];
  /** How many tests it has: those of cases.cjs, of the pages, and its own mocks and spies. */
  readonly tests: number;
  readonly nodeOptions?: readonly string[];
}

const projects: readonly MockingProject[] = [
  {
    name: "vitest",
    pages: {
      "docs/testRunners.md": { Vitest: "page.spec.js" },
      "docs/testing.md": { "Asserting a call": "call.spec.js", Faults: "fault.spec.js" },
      "docs/refresher.md": { Vitest: "refresher.spec.js" },
    },
    tool: "vitest/vitest.mjs",
    args: ["run", "--reporter=json", "--outputFile=result.json"],
    tests: 3 + 4 + 3,
  },
  {
    name: "jest-commonjs",
    pages: {
      "docs/testRunners.md": { "Jest, CommonJS": "page.test.js" },
      "docs/testing.md": { Faults: "fault.test.js" },
    },
    tool: "jest/bin/jest.js",
    args: ["--json", "--outputFile=result.json"],
    tests: 3 + 3 + 2,
  },
  {
    name: "jest-esm",
    pages: {
      "docs/testRunners.md": { "Jest, ES modules": "page.test.js" },
      "docs/testing.md": { Faults: "fault.test.mjs" },
    },
    tool: "jest/bin/jest.js",
    args: ["--json", "--outputFile=result.json"],
    tests: 3 + 2 + 2,
    nodeOptions: ["--experimental-vm-modules"],
  },
  {
    name: "node-test",
    pages: {
      "docs/testRunners.md": { "node:test": "page.test.js" },
    },
    args: ["--test", "--test-reporter=tap"],
    tests: 3 + 2,
  },
];

let packages: string;
let folder: string;

beforeAll(async () => {
  packages = join((await installation(here)).folder, "node_modules");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Returns the file that a page shows first under a heading. */
function fileOf(page: string, heading: string): string {
  const [, section = ""] = readText(page).split(new RegExp(`\n##+ ${heading}\n`));
  const [, code = ""] = /^```js\n(.*?)^```$/ms.exec(section) ?? [];
  return code;
}

/** Changes the file about faults, which is for Jest with ES modules, as the page says for the others. */
function adapted(code: string, project: string): string {
  if (project === "vitest") return `import { expect, test } from "vitest";\n${code}`;
  if (project === "jest-commonjs")
    return code.replace(/^import (.+) from (".+");$/gm, "const $1 = require($2);");
  return code;
}

describe("a project that mocks the client", () => {
  it.each(projects)(
    "with $name passes its tests",
    async ({ name, pages, tool, args, tests, nodeOptions = [] }) => {
      folder = await temporaryFolder(name);
      await cp(join(here, "projects", name), folder, { recursive: true });
      await cp(join(here, "projects/cases.cjs"), join(folder, "cases.cjs"));
      for (const [page, files] of Object.entries(pages)) {
        for (const [heading, file] of Object.entries(files)) {
          const code = fileOf(page, heading);
          await writeFile(join(folder, file), heading === "Faults" ? adapted(code, name) : code);
        }
      }
      await symlink(packages, join(folder, "node_modules"), "junction");
      const program = tool ? [join(packages, tool)] : [];
      // The project's tool must not see the variables of this Vitest run.
      const env = {
        NODE_OPTIONS: "",
        VITEST: "",
        VITEST_POOL_ID: "",
        VITEST_WORKER_ID: "",
        NODE_ENV: "test",
      };
      const output = await run(process.execPath, [...nodeOptions, ...program, ...args], { cwd: folder, env });
      if (output.startsWith("TAP")) expect(output).toMatch(new RegExp(`^# pass ${tests}\\n# fail 0$`, "m"));
      else {
        const result = JSON.parse(await readFile(join(folder, "result.json"), "utf8"));
        expect(result).toMatchObject({ numPassedTests: tests, numFailedTests: 0 });
      }
    },
  );
});
