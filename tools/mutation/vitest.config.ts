// How the tests of a part run on each of its mutants.
import { basename } from "node:path";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import {
  BaseSequencer,
  type Reporter,
  type TestModule,
  type TestSpecification,
  type Vitest,
} from "vitest/node";
import { packageOfSource } from "../../vitest.config.js";
import { parts } from "./parts.js";

/** Fails the run if a test file can't be loaded. Stryker would go on without its tests. */
class LoadFailures implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestModuleEnd(module: TestModule): void {
    for (const { message } of module.errors()) {
      this.#vitest?.state.catchError(new Error(`${module.moduleId}: ${message}`), "Unhandled Error");
    }
  }
}

/**
 * Runs the test file with the name of the mutated file first, because a mutant's run ends at the first test that fails.
 * Stryker passes the mutated file as the one that tests should be related to.
 */
class OwnTestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [mutated = ""] = this.ctx.config.related ?? [];
    const isOther = ({ moduleId }: TestSpecification): number => Number(nameOf(moduleId) !== nameOf(mutated));
    // By default, the slowest files run first.
    return (await super.sort(files)).reverse().sort((a, b) => isOther(a) - isOther(b));
  }
}

/** Returns `redact` for `redact.test.ts`, and `crypto` for `crypto.web.ts`. */
function nameOf(path: string): string | undefined {
  return basename(path).split(".")[0];
}

const { tests = "" } = parts[process.env.MUTATED_PART ?? ""] ?? {};
const alone = "test/unitAlone/**";

const config: ViteUserConfig = defineConfig({
  resolve: { alias: packageOfSource },
  test: {
    projects: [
      // Loading the modules anew for each file takes longer than the tests do. Stryker starts a thread for each mutant.
      { extends: true, test: { name: "together", include: [tests], exclude: [alone], isolate: false } },
      // These set what a process has only one of, such as the tracer.
      { extends: true, test: { name: "alone", include: [tests], exclude: ["test/!(unitAlone)/**"] } },
    ],
    // These tests are random, slow, or need the built package.
    exclude: ["test/**/*.fuzz.test.ts", "test/unit/pipeline/accessKeyPolicy.keyRotation.test.ts"],
    // Many mutants make a test wait for ever. Stryker's own limit ends them, too, but then has to start the process anew.
    testTimeout: 10_000,
    reporters: [new LoadFailures()],
    sequence: { sequencer: OwnTestFirst },
    // Skips the search for the tests that import the mutated file: Stryker knows which ones run its code.
    forceRerunTriggers: ["**"],
    setupFiles: "test/helpers/undoStubs.ts",
  },
});

export default config;
