import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../helpers/packed.js";
import { temporaryFolder } from "../helpers/temporaryFolder.js";

const textOf = (name: string): string => readFileSync(join(root, name), "utf8");
/** Returns the suites that a file gives to `.ci/suites`, in order of their names. */
const suitesOf = (name: string): string[] =>
  [...textOf(name).matchAll(/\.ci\/suites((?: \w+)+)/g)]
    .flatMap(([, names = ""]) => names.trim().split(" "))
    .sort();

/** Those of `npm test`, of a real resource, and what CONTRIBUTING.md says is in neither. */
const others = /^(?:unit|package|live|liveSweep|lowest|applications|frameworks|starters)$/;

describe("the gate", () => {
  it("runs each suite once, or leaves it to .ci/nightly, on one machine and as jobs", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    const suites = Object.keys(scripts).flatMap((script) => /^test:(\w+)$/.exec(script)?.[1] ?? []);
    const run = [...suitesOf(".ci/run"), ...suitesOf(".ci/nightly")];
    expect(run.sort()).toEqual(suites.filter((name) => !others.test(name)).sort());
    expect(suitesOf(".github/workflows/gate.yml")).toEqual(suitesOf(".ci/run"));
  });

  it("builds with a file that exists before it starts suites", () => {
    const [, file = ""] = /import\("(.+?)"\)/.exec(textOf(".ci/suites")) ?? [];
    expect(existsSync(join(root, file)), file).toBe(true);
  });

  it.skipIf(process.platform === "win32")(
    "names the suites that it leaves out on another release than Debian 13, in its output and its summary",
    () => {
      const folder = temporaryFolder();
      cpSync(join(root, ".ci"), join(folder, ".ci"), { recursive: true });
      writeFileSync(join(folder, ".ci/release"), "#!/bin/sh\necho debian 12\n");
      writeFileSync(
        join(folder, "package.json"),
        JSON.stringify({ scripts: { "test:page": "echo the page was tested" } }),
      );
      // Stands for the build.
      mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
      writeFileSync(join(folder, "node_modules/.bin/tsx"), "#!/bin/sh\n", { mode: 0o755 });
      const { stdout, status } = spawnSync(
        "bash",
        [join(folder, ".ci/suites"), "container", "page", "python", "languages"],
        { encoding: "utf8" },
      );
      const leftOut = ["container", "python", "languages"].map(
        (name) => `test:${name} needs the packages of Debian 13, and this is debian 12`,
      );
      for (const reason of leftOut) expect(stdout).toContain(`${reason}.\n`);
      expect(stdout).toContain("\nthe page was tested\n");
      expect(status).toBe(0);
      const summary = spawnSync(process.execPath, [join(folder, ".ci/summary.mjs"), "0"], {
        encoding: "utf8",
      });
      for (const reason of leftOut) expect(summary.stdout).toContain(`skipped: ${reason}\n`);
    },
  );
});

/** A suite of a test, as Vitest reports it. A test that passed after a failure has messages. */
const suiteOf = (
  status: string,
  failureMessages: string[] = [],
  name: string | undefined = "/x/test/a.test.ts",
) => ({
  name,
  status: status === "failed" ? "failed" : "passed",
  assertionResults: [{ status, fullName: "title", failureMessages }],
});

describe("the summary of the gate", () => {
  it.skipIf(process.platform === "win32")("names a suite that was ended before it had results", () => {
    const folder = temporaryFolder();
    cpSync(join(root, ".ci"), join(folder, ".ci"), { recursive: true });
    writeFileSync(join(folder, ".ci/release"), "#!/bin/sh\necho debian 13\n");
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ scripts: { "test:page": "kill -KILL $$" } }),
    );
    // Stands for the build.
    mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
    writeFileSync(join(folder, "node_modules/.bin/tsx"), "#!/bin/sh\n", { mode: 0o755 });
    spawnSync("bash", [join(folder, ".ci/suites"), "page"]);
    const summary = spawnSync(process.execPath, [join(folder, ".ci/summary.mjs"), "1"], { encoding: "utf8" });
    expect(summary.stdout).toMatch(/^test:page ended with \d+ after \d+ s$/m);
    expect(summary.stdout).toContain("\n0 passed, 1 failed\n");
  });

  const passed = suiteOf("passed");
  it.each([
    ["tests that passed", [passed, passed], "0", ["2 passed, 0 failed"], 0],
    [
      "one that failed",
      [passed, suiteOf("failed", ["why"])],
      "0",
      ["failed: a.test.ts > title", "1 passed, 1 failed"],
      1,
    ],
    [
      "one that passed when tried again",
      [suiteOf("passed", ["why"])],
      "0",
      ["retried: a.test.ts > title", "1 retried", "1 passed, 0 failed"],
      0,
    ],
    [
      "one that was skipped",
      [passed, suiteOf("pending")],
      "0",
      ["skipped: a.test.ts > title", "1 passed, 0 failed, 1 skipped"],
      0,
    ],
    [
      "a suite that can't run here",
      [passed, { assertionResults: [{ status: "skipped", fullName: "needs Wine" }] }],
      "0",
      ["skipped: needs Wine", "1 passed, 0 failed, 1 skipped"],
      0,
    ],
    [
      "a file that can't be read",
      [passed, { ...passed, status: "failed", assertionResults: [] }],
      "0",
      ["failed: a.test.ts > can't be read, or a hook of it failed", "1 passed, 1 failed"],
      1,
    ],
    ["no results", [], "0", ["A suite failed without results.", "0 passed, 1 failed"], 1],
    ["a suite without results", [passed], "1", ["A suite failed without results.", "1 passed, 1 failed"], 1],
  ])("counts %s", (_, testResults, status, lines, code) => {
    const folder = temporaryFolder();
    cpSync(join(root, ".ci/summary.mjs"), join(folder, ".ci/summary.mjs"));
    mkdirSync(join(folder, "test-results"));
    writeFileSync(join(folder, "test-results/a-tests.json"), JSON.stringify({ testResults }));
    const child = spawnSync(process.execPath, [join(folder, ".ci/summary.mjs"), status], {
      encoding: "utf8",
    });
    expect([child.stdout.trim().split("\n"), child.status]).toEqual([lines, code]);
  });
});
