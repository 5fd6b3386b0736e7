import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../package/packed.js";

const folder = join(root, ".github/workflows");
const names = readdirSync(folder);
const workflows = names.map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));

/** Returns the name of each job and the text that is indented under it. */
function jobsOf(text: string): { job: string; body: string }[] {
  const [, jobs = ""] = text.split(/^jobs:\n/m);
  return jobs
    .split(/^ {2}(?=[\w-]+:$)/m)
    .filter((part) => /^[\w-]+:\n/.test(part))
    .map((part) => ({ job: part.slice(0, part.indexOf(":")), body: part.slice(part.indexOf("\n") + 1) }));
}

describe.each(workflows)("the workflow $name", ({ text }) => {
  const jobs = jobsOf(text);

  it("pins each action by commit hash, with its version in a comment", () => {
    const uses = [...text.matchAll(/^ *(?:- )?uses: *(.+)$/gm)].map(([, action]) => action);
    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("grants no permissions by default, and each of its jobs lists its own", () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    expect(jobs.length).toBeGreaterThan(0);
    for (const { job, body } of jobs) {
      const [, granted = ""] = /^ {4}permissions:\n((?: {6}.+\n)+)/m.exec(body) ?? [];
      expect(granted.trim(), job).not.toBe("");
    }
  });

  it("runs no text of an event as a command, persists no credentials, and limits each job's time", () => {
    expect(text).not.toContain("pull_request_target");
    for (const [line] of text.matchAll(/^.*\$\{\{.*\}\}.*$/gm)) {
      expect(line).toMatch(/\$\{\{ (?:matrix\.(?:node|os)|github\.ref|github\.token) \}\}/);
    }
    for (const { body } of jobs) {
      const checkouts = body.match(/uses: actions\/checkout@/g)?.length ?? 0;
      expect(body.match(/persist-credentials: false/g)?.length ?? 0).toBe(checkouts);
    }
    for (const { job, body } of jobs) expect(body, job).toMatch(/^ {4}timeout-minutes: \d+$/m);
  });
});

it("each action has the same hash and version everywhere", () => {
  const pins = workflows.flatMap(({ text }) => text.match(/actions\/[\w-]+@[0-9a-f]{40} # v[\d.]+/g) ?? []);
  const actions = new Set(pins.map((pin) => pin.split("@")[0]));
  expect(new Set(pins).size).toBe(actions.size);
});

it("only one job gets an identity token, and it runs no code of the repository", () => {
  const all = workflows.flatMap(({ name, text }) => jobsOf(text).map((job) => ({ name, ...job })));
  const [publisher, ...others] = all.filter(({ body }) => body.includes("id-token: write"));
  expect(others).toEqual([]);
  expect(publisher?.name).toBe("publish.yml");
  expect(publisher?.body).not.toMatch(/actions\/checkout|npm (?:ci|cit|install|run|test)/);
  expect(publisher?.body).toMatch(/npm publish .*--provenance.*--ignore-scripts/);
  const writers = all.filter(({ body }) => /contents: write/.test(body));
  expect(writers.map(({ job }) => job)).toEqual(["attach"]);
});

describe("what CI runs", () => {
  const ci = workflows.find(({ name }) => name === "ci.yml")?.text ?? "";

  it("includes the README's test command on every system and Node version that the README names", () => {
    expect(ci).toMatch(/^ {6}- run: npm cit$/m);
    expect(ci).toContain("os: [ubuntu-24.04, windows-2025, macos-15]");
    expect(ci).toContain("node: [20, 22, 24, 26]");
  });

  it("includes the gate in .ci/run, which runs npm cit and test:all", () => {
    expect(ci).toMatch(/^ {6}- run: \.ci\/run$/m);
    const gate = readFileSync(join(root, ".ci/run"), "utf8");
    expect(gate).toMatch(/^npm cit/m);
    expect(gate).toMatch(/^npm run test:all/m);
  });

  it("uses only scripts that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const named = workflows.flatMap(({ text }) =>
      [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name),
    );
    expect(named.filter((name) => name === undefined || !(name in scripts))).toEqual([]);
  });
});
