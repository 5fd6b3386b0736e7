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

function faults(
  subjects: readonly SubjectName[],
  folder = lockedCore,
  node = { major: process.version.slice(1, 3), isHere: true },
): TestProjectInlineConfiguration {
  const core = fileURLToPath(folder);
  return {
    plugins: folder === lockedCore ? [] : [useCoreOf(core)],
    test: {
      name: "faults",
      include: ["test/faults/platform.test.ts", ...(node.isHere ? ["test/faults/rows/*.test.ts"] : [])],
      globalSetup: "test/faults/setup.ts",
      provide: { subjects, core, node },
      execArgv: ["--expose-gc"],
      // What rows do to globals.
      restoreMocks: true,
      unstubGlobals: true,
    },
  };
}

/** On a Node of the runtimes tests, or skipped under its name where that has no binary. */
async function faultsOnNode(major: string): Promise<TestProjectInlineConfiguration> {
  const binary = await binaryAt(`node-${major}/bin/node`);
  await toolsOf(newestCore);
  const { plugins, test } = faults(held, newestCore, { major, isHere: binary !== undefined });
  return { plugins, test: { ...test, name: `faults-node${major}`, ...(binary && { pool: nodePool(binary) }) } };
}

const config: ViteUserConfigFnPromise = defineConfig(async ({ mode }): Promise<ViteUserConfig> => {
  // Rows wait more than they compute.
  const maxWorkers = 4;
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
      projects: [faults(held), ...(await Promise.all(["22", "24"].map(faultsOnNode)))],
      reporters: ["default", ["json", { outputFile: "test-results/faults.json" }]],
    },
  };
});

export default config;
