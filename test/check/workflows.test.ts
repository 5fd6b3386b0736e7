// What SECURITY.md promises about the workflows. Their syntax and expressions are tested in tools, with actionlint.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { root } from "../helpers/packed.js";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly uses?: string;
  readonly steps?: readonly Step[];
}

const folder = join(root, ".github/workflows");
const names = readdirSync(folder);
const jobs = names.flatMap((name) => {
  const { permissions, jobs } = parse(readFileSync(join(folder, name), "utf8"));
  return Object.entries<Job>(jobs).map(([job, content]) => ({ job: `${name} ${job}`, permissions, content }));
});
const steps = jobs.flatMap(({ job, content }) => (content.steps ?? []).map((step) => ({ job, ...step })));

/** Returns the names of the jobs that have a permission. */
function jobsWith(permission: string, access: string): string[] {
  return jobs.filter(({ content }) => content.permissions?.[permission] === access).map(({ job }) => job);
}

describe("the workflows", () => {
  it("pin every action by its commit, and keep no credentials after a checkout", () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.filter((action) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.filter((step) => step.with?.["persist-credentials"] !== false)).toEqual([]);
  });

  it("have only the permissions that their jobs name", () => {
    expect(jobs.filter(({ permissions }) => Object.keys(permissions).length > 0)).toEqual([]);
    expect(jobs.filter(({ content }) => !content.permissions).map(({ job }) => job)).toEqual([]);
    expect(jobsWith("contents", "write")).toEqual(["publish.yml release"]);
    expect(jobsWith("security-events", "write")).toEqual(["security.yml codeql"]);
  });

  it("sign in to a resource only when a person starts that, and approves it by the environment", () => {
    expect(jobsWith("id-token", "write")).toEqual(["live.yml live", "publish.yml npm"]);
    const { on, jobs: own } = parse(readFileSync(join(folder, "live.yml"), "utf8"));
    expect(on).toEqual({ workflow_dispatch: null });
    expect(own.live.environment).toBe("live");
  });

  it("publish with provenance from a job that runs no code of the repository", () => {
    const publisher = steps.filter(({ job }) => job === "publish.yml npm");
    const [command = "", ...others] = publisher.flatMap((step) => step.run ?? []);
    expect(others).toEqual([]);
    expect(command).toMatch(/npm publish .*--provenance.*--ignore-scripts/);
    expect(command).not.toMatch(/npm (?:ci|cit|install|run|test)/);
    expect(publisher.filter(({ uses }) => uses?.startsWith("actions/checkout@"))).toEqual([]);
  });
});
