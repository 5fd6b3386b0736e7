// The matrix of faults: on this Node with the core packages of the lockfile, and on later Nodes with the newest.
import { fileURLToPath } from "node:url";
import {
  defineConfig,
  type TestProjectInlineConfiguration,
  type ViteUserConfig,
  type ViteUserConfigFnPromise,
} from "vitest/config";
import { toolsOf } from "../package/tools.js";
import { binaryAt } from "../runtimes/binaries.js";
import { nodePool } from "../runtimes/nodePool.js";
import { useCoreOf } from "./core.js";
import { matrixReporter } from "./reporter.js";
import type { SubjectName } from "./subjects.js";

const newestCore = new URL("newestCore/", import.meta.url);
const lockedCore = new URL("../../", import.meta.url);
const held: readonly SubjectName[] = ["ours", "ours over undici"];

interface Platform {
  /** Has the core packages in its lockfile. */
  readonly folder: URL;
  readonly major: string;
  /** Absent for the Node that runs this. */
  readonly binary?: string | undefined;
}

const here: Platform = { folder: lockedCore, major: process.version.slice(1, 3) };

/** On a Node of the runtimes tests; skipped under its name where that has no binary. */
async function newest(major: string): Promise<Platform> {
  await toolsOf(newestCore);
  return { folder: newestCore, major, binary: await binaryAt(`node-${major}/bin/node`) };
}

function faults(subjects: readonly SubjectName[], platform = here): TestProjectInlineConfiguration {
  const { folder, major, binary } = platform;
  const isHere = platform === here || binary !== undefined;
  const core = fileURLToPath(folder);
  return {
    plugins: folder === lockedCore ? [] : [useCoreOf(core)],
    test: {
      name: platform === here ? "faults" : `faults-node${major}`,
      include: ["test/faults/platform.test.ts", ...(isHere ? ["test/faults/rows/*.test.ts"] : [])],
      ...(binary && { pool: nodePool(binary) }),
      globalSetup: "test/faults/setup.ts",
      provide: { subjects, core, node: { major, isHere } },
      execArgv: ["--expose-gc"],
      // What rows do to globals.
      restoreMocks: true,
      unstubGlobals: true,
    },
  };
}

const config: ViteUserConfigFnPromise = defineConfig(async ({ mode }): Promise<ViteUserConfig> => {
  // Rows wait more than they compute.
  const maxWorkers = 3;
  if (mode === "report") {
    return {
      test: {
        maxWorkers,
        projects: [faults([...held, "official"])],
        reporters: ["dot", matrixReporter],
        // The official client leaves rejections unhandled, which its rows report.
        dangerouslyIgnoreUnhandledErrors: true,
      },
    };
  }
  return {
    test: {
      maxWorkers,
      projects: [faults(held), faults(held, await newest("22")), faults(held, await newest("24"))],
      reporters: ["default", ["json", { outputFile: "test-results/faults.json" }]],
    },
  };
});

export default config;
