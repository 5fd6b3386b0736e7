// Each runtime that the package supports, and how to run the suite there.
import type { Project } from "./project.js";
import { runInBrowser } from "./runners/chromium.js";
import { runOnCommandLine } from "./runners/process.js";
import { runInWorkerd } from "./runners/workerd.js";
import type { CaseResult } from "./suite.js";

export interface Runtime {
  readonly name: string;
  /** The module that has its binary, among the dependencies of package.json here; absent when there is no need. */
  readonly binary?: string;
  /** @param binary - The path of its binary. */
  run(project: Project, binary: string): Promise<CaseResult[]>;
}

const node = ["20", "22", "24", "26"].map((version) => ({
  name: `Node ${version}`,
  binary: `node-${version}/bin/node`,
  run: (project: Project, binary: string) => runOnCommandLine(project, binary, []),
}));

export const currentNode: Runtime = {
  name: `Node ${process.version} (this one)`,
  run: (project) => runOnCommandLine(project, process.execPath, []),
};

export const currentNodeCommonjs: Runtime = {
  name: `Node ${process.version} (this one), CommonJS`,
  run: (project) => runOnCommandLine(project, process.execPath, [], "cjs"),
};

export const chromium: Runtime = { name: "Chromium", run: runInBrowser };

const denoFlags = [
  "run",
  "--no-config",
  "--no-lock",
  "--node-modules-dir=manual",
  "--allow-net=127.0.0.1,localhost,acs.invalid",
  // Core reads its proxy and log settings, and says on which system it runs.
  "--allow-env",
  "--allow-sys=osRelease",
];

export const runtimes: readonly Runtime[] = [
  ...node,
  { ...currentNodeCommonjs, name: "Node, CommonJS" },
  {
    name: "Bun",
    binary: "@oven/bun-linux-x64/bin/bun",
    run: (project, binary) => runOnCommandLine(project, binary, ["run"]),
  },
  {
    name: "Deno",
    binary: "@deno/linux-x64-glibc/deno",
    run: (project, binary) => runOnCommandLine(project, binary, denoFlags),
  },
  { name: "workerd", binary: "@cloudflare/workerd-linux-64/bin/workerd", run: runInWorkerd },
  chromium,
];
