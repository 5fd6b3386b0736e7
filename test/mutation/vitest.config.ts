// The tests that run on each of the thousand mutants: only fast ones, and no property tests.
import { basename, dirname, relative, sep } from "node:path";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import {
  BaseSequencer,
  type Reporter,
  type TestModule,
  type TestSpecification,
  type Vitest,
} from "vitest/node";

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
 * Runs the tests of the mutated file first, then those of its folder, because a mutant's run ends at the first test that
 * fails. Stryker passes the file as the one that tests should be related to.
 */
class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root, related: [mutated] = [] } = this.ctx.config;
    // By default, the slowest files run first.
    const sorted = (await super.sort(files)).reverse();
    if (!mutated) return sorted;
    const folder = dirname(relative(`${root}${sep}src`, mutated));
    const [name] = basename(mutated).split(".");
    const distance = ({ moduleId }: TestSpecification): number => {
      if (basename(moduleId).split(".")[0] === name) return 0;
      return folder.startsWith(dirname(relative(`${root}${sep}test`, moduleId))) ? 1 : 2;
    };
    return sorted.sort((a, b) => distance(a) - distance(b));
  }
}

const config: ViteUserConfig = defineConfig({
  test: {
    include: [
      "test/*.test.ts",
      "test/client/*.test.ts",
      "test/operation/*.test.ts",
      "test/pipeline/*.test.ts",
      "test/transport/contract.test.ts",
      "test/undici/*.test.ts",
      "test/official/{errorParity,retryParity}.test.ts",
      "test/recorded/client.test.ts",
      "test/vectors/*.test.ts",
      "test/testing/{bearer,bearerDetails,exchanges,hmac,mismatch,signatureDetails}.test.ts",
    ],
    exclude: ["test/**/*ostile*.test.ts", "test/pipeline/keyRotation.test.ts", "test/structure.test.ts"],
    reporters: [new LoadFailures()],
    sequence: { sequencer: NearestFirst },
    // Skips the search for the tests that import the mutated file: Stryker knows which ones run its code.
    forceRerunTriggers: ["**"],
    // Files that share a worker would all be loaded, even after a test has failed.
    isolate: true,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
  },
});

export default config;
