// Runs the matrix of faults on this Node with the locked core packages and undici, and on a later Node with the newest ones.
// In the mode `lowest`, runs it and the unit tests on this Node with the lowest core packages that package.json accepts.
import { fileURLToPath } from "node:url";
import {
  defineConfig,
  type TestProjectInlineConfiguration,
  type ViteUserConfig,
  type ViteUserConfigFnPromise,
} from "vitest/config";
import { packageOfSource, unitProjects } from "../../vitest.config.js";
import { sharedSettings, suiteReporters } from "../helpers/sharedSettings.js";
import { requireTools } from "../helpers/tools.js";
import { binaryAt } from "../runtimes/binaries.js";
import { nodePool } from "../runtimes/nodePool.js";
import { usePackagesOf } from "./packages.js";
import { matrixReporter } from "./reporter.js";
import type { SubjectName } from "./subjects.js";

const locked = new URL("../../", import.meta.url);
const newest = new URL("newest/", import.meta.url);
const lowest = new URL("lowest/", import.meta.url);
const held: readonly SubjectName[] = ["ours", "ours over undici"];

/** @param major - The major version of the Node that runs the rows. */
function faults(name: string, subjects: readonly SubjectName[], folder: URL, major: string, binary?: string) {
  const core = fileURLToPath(folder);
  const rows = binary ? ["test/faults/rows/*.test.ts"] : [];
  // On the locked core and undici, the unit tests are a suite of their own.
  const units =
    binary && folder === newest
      ? [
          "test/unit/{operation,pipeline,transport,undici}/*.test.ts",
          "test/unitAlone/{operation,pipeline}/*.test.ts",
        ]
      : [];
  return {
    plugins: [usePackagesOf(core)],
    test: {
      ...sharedSettings,
      name,
      include: ["test/faults/platform.test.ts", ...rows, ...units],
      exclude: ["**/*.fuzz.test.ts", "test/unitAlone/pipeline/openTelemetry.test.ts"],
      ...(binary && { pool: nodePool(binary) }),
      globalSetup: "test/faults/setup.ts",
      provide: { subjects, core, node: { major, isHere: binary !== undefined } },
      // Undoes what rows and unit tests do to globals and timers.
      setupFiles: "test/helpers/undoStubs.ts",
    },
  } satisfies TestProjectInlineConfiguration;
}

/** The project is a single skipped test if the runtimes tests have no binary of this Node. */
async function onNode(major: string): Promise<TestProjectInlineConfiguration> {
  await requireTools(newest);
  return faults(`faults-node${major}`, held, newest, major, await binaryAt(`node-${major}/bin/node`));
}

function onThisNode(subjects: readonly SubjectName[], folder: URL = locked): ReturnType<typeof faults> {
  return faults("faults", subjects, folder, process.versions.node.slice(0, 2), process.execPath);
}

async function onLowest(): Promise<TestProjectInlineConfiguration[]> {
  await requireTools(lowest);
  // Until ts-http-runtime 0.3.1, the ES module takes node:http as a namespace, where msw can't replace its functions. Azure's
  // instrumentation doesn't see a core-tracing that `usePackagesOf` resolves.
  const without = ["test/unit/undici/msw.test.ts", "test/unitAlone/pipeline/openTelemetry.test.ts"];
  const units = unitProjects(without).map(({ test }) => ({
    resolve: { alias: packageOfSource },
    plugins: [usePackagesOf(fileURLToPath(lowest))],
    test: { ...sharedSettings, ...test },
  }));
  return [...units, withoutChromium(onThisNode(held, lowest))];
}

/** Without the rows in Chromium, which the other project runs, with the core that apps get: there the Node doesn't matter. */
function withoutChromium({
  test,
  ...project
}: ReturnType<typeof onThisNode>): TestProjectInlineConfiguration {
  const exclude = [...test.exclude, "test/faults/rows/chromium.test.ts"];
  return { ...project, test: { ...test, exclude } };
}

const config: ViteUserConfigFnPromise = defineConfig(async ({ mode }): Promise<ViteUserConfig> => {
  const isReport = mode === "report";
  return {
    test: {
      projects: isReport
        ? [onThisNode([...held, "official"])]
        : mode === "lowest"
          ? await onLowest()
          : [withoutChromium(onThisNode(held)), await onNode("24")],
      // Rows wait more than they compute.
      maxWorkers: 3,
      reporters: isReport ? ["dot", matrixReporter] : suiteReporters(mode === "lowest" ? mode : "faults"),
      // The official client leaves rejections unhandled, which its rows report.
      dangerouslyIgnoreUnhandledErrors: isReport,
    },
  };
});

export default config;
