// The ways of docs/ci.md and docs/testing.md to run a project's tests with an emulator.
import { cp, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { npm, run } from "../../helpers/command.js";
import { codeBlocks } from "../../helpers/documents.js";
import { installation, temporaryFolder } from "../../helpers/packed.js";

const here = fileURLToPath(new URL("./", import.meta.url));
/** The tool of a project must not see the variables of this Vitest run. */
const env = { NODE_OPTIONS: "", VITEST: "", VITEST_POOL_ID: "", VITEST_WORKER_ID: "", NODE_ENV: "test" };

let packages: string;
let tarball: string;
let folder: string;
beforeAll(async () => {
  const installed = await installation(here);
  packages = join(installed.folder, "node_modules");
  tarball = installed.tarball;
});
beforeEach(async () => {
  folder = await temporaryFolder("with-emulator");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes the file of docs/ci.md whose first line names it. */
async function writeSnippet(name: string): Promise<void> {
  const blocks = ["ts", "ts no-run", "js"].flatMap((language) => codeBlocks("docs/ci.md", language));
  const block = blocks.find((each) => each.startsWith(`// ${name}\n`));
  await writeFile(join(folder, name), block ?? "");
}

const callsTheService = `
  const { CommunicationIdentityClient } = await import("acs-identity");
  const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING);
  const { communicationUserId } = await client.createUser();`;

it("docs/testing.md shows a file of Vitest with an emulator of its own", async () => {
  await symlink(packages, join(folder, "node_modules"), "junction");
  const [block = ""] = codeBlocks("docs/testing.md", "js").filter((code) => code.includes("startEmulator"));
  await writeFile(join(folder, "page.test.mjs"), block);
  const args = [join(packages, "vitest/vitest.mjs"), "run"];
  expect(await run(process.execPath, args, { cwd: folder, env })).toMatch(/Tests +1 passed/);
});

describe("docs/ci.md", () => {
  it("shows a globalSetup for Vitest that gives the tests an emulator", async () => {
    await symlink(packages, join(folder, "node_modules"), "junction");
    await writeSnippet("vitest.emulator.ts");
    const config = 'export default { test: { globalSetup: "vitest.emulator.ts" } };';
    await writeFile(join(folder, "vitest.config.mjs"), config);
    const test = `import { expect, it } from "vitest";
      it("creates a user", async () => {${callsTheService} expect(communicationUserId).toMatch(/^8:acs:/); });`;
    await writeFile(join(folder, "user.test.mjs"), test);
    const args = [join(packages, "vitest/vitest.mjs"), "run"];
    expect(await run(process.execPath, args, { cwd: folder, env })).toMatch(/Tests +1 passed/);
  });

  it("shows a globalSetup for Jest that gives the tests an emulator, and lets Jest exit", async () => {
    await symlink(packages, join(folder, "node_modules"), "junction");
    await writeSnippet("jest.setup.cjs");
    await writeSnippet("jest.teardown.cjs");
    const jest = {
      globalSetup: "./jest.setup.cjs",
      globalTeardown: "./jest.teardown.cjs",
    };
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "commonjs", jest }));
    const test = `it("creates a user", async () => {
      ${callsTheService.replace("await import(", "require(")} expect(communicationUserId).toMatch(/^8:acs:/); });`;
    await writeFile(join(folder, "user.test.js"), test);
    const args = [join(packages, "jest/bin/jest.js"), "--json"];
    expect(JSON.parse(await run(process.execPath, args, { cwd: folder, env }))).toMatchObject({
      numPassedTests: 1,
      success: true,
    });
  });

  const perFile = [
    {
      tool: "Vitest",
      file: "vitest.each.ts",
      config: ["vitest.config.mjs", 'export default { test: { setupFiles: "vitest.each.ts" } };'],
      it: 'import { it } from "vitest";',
      ending: "mjs",
      args: () => [join(packages, "vitest/vitest.mjs"), "run"],
      passed: /Tests +2 passed/,
    },
    {
      tool: "Jest",
      file: "jest.each.cjs",
      config: ["package.json", '{ "jest": { "setupFilesAfterEnv": ["./jest.each.cjs"] } }'],
      it: "",
      ending: "js",
      args: () => [join(packages, "jest/bin/jest.js"), "--json"],
      passed: /"numPassedTests":2,/,
    },
    {
      tool: "node:test",
      file: "node.each.mjs",
      config: ["package.json", "{}"],
      it: 'import { it } from "node:test";',
      ending: "mjs",
      args: () => ["--import", "./node.each.mjs", "--test"],
      passed: /^(?:#|ℹ) pass 2$/m,
    },
  ] as const;

  it.each(perFile)(
    "shows how $tool gives each test file an emulator of its own",
    async ({ file, config: [name, content], it: imported, ending, args, passed }) => {
      await symlink(packages, join(folder, "node_modules"), "junction");
      await writeSnippet(file);
      await writeFile(join(folder, name), content);
      const calls = ending === "js" ? callsTheService.replace("await import(", "require(") : callsTheService;
      const test = `${imported}
        it("shares no user with another file", async () => {${calls}
          const [, endpoint] = /endpoint=(.*?);/.exec(process.env.COMMUNICATION_CONNECTION_STRING);
          const { users } = await (await fetch(new URL("_emulator/users", endpoint))).json();
          if (users.length !== 1 || users[0].id !== communicationUserId) throw new Error("It isn't alone");
        });`;
      for (const each of ["one", "two"]) await writeFile(join(folder, `${each}.test.${ending}`), test);
      expect(await run(process.execPath, args(), { cwd: folder, env })).toMatch(passed);
    },
  );

  it.skipIf(process.platform === "win32")(
    "shows a workflow for GitHub Actions whose commands run a project's tests with an emulator (for a Linux runner)",
    async () => {
      const [block = ""] = codeBlocks("docs/ci.md", "yaml").filter((each) => each.includes("jobs:"));
      const steps: { run?: string }[] = parse(block).jobs.test.steps;
      const commands = steps.flatMap((step) => step.run ?? []);
      expect(commands).toEqual(["npm ci", "npx --no-install acs-identity emulator -- npm test"]);
      await cp(tarball, join(folder, "acs-identity.tgz"));
      const scripts = { test: "node --test user.test.mjs" };
      await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, scripts }));
      await npm(["install", "--package-lock-only", "acs-identity@file:acs-identity.tgz"], folder);
      const test = `import { match } from "node:assert/strict"; import { test } from "node:test";
        test("creates a user", async () => {${callsTheService} match(communicationUserId, /^8:acs:/); });`;
      await writeFile(join(folder, "user.test.mjs"), test);
      // GitHub runs each step so.
      let output = "";
      const offline = { ...env, npm_config_prefer_offline: "true", npm_config_audit: "false" };
      for (const command of commands)
        output = await run("bash", ["-e", "-c", command], { cwd: folder, env: offline });
      expect(output).toMatch(/^(?:#|ℹ) pass 1$/m);
    },
  );
});
