// The tests that run on each of the thousand mutants: only fast ones, and no property tests.
import { defineConfig, type ViteUserConfig } from "vitest/config";
import type { Reporter, TestModule, Vitest } from "vitest/node";
import { unitProjects } from "../../vitest.config.js";

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

const include = [
  "test/*.test.ts",
  "test/client/*.test.ts",
  "test/operation/*.test.ts",
  "test/pipeline/*.test.ts",
  "test/undici/*.test.ts",
  "test/official/{errorParity,retryParity}.test.ts",
  "test/recorded/client.test.ts",
  "test/vectors/*.test.ts",
  "test/testing/{bearer,bearerDetails,exchanges,hmac,mismatch,signatureDetails}.test.ts",
];
const slow = [
  "test/**/*ostile*.test.ts",
  "test/pipeline/keyRotation.test.ts",
  "test/structure.test.ts",
  "test/trust/**",
];
/** These wait for servers. They run last, because a mutant's run ends at the first test that fails. */
const waiting = [
  "test/pipeline/transport.test.ts",
  "test/transport/contract.test.ts",
  "test/undici/{azurePipeline,lostConnections,proxies,undiciHttpClient}.test.ts",
];

const [unit, unitAlone] = unitProjects([...slow, ...waiting]);
const [connections] = unitProjects();

const config: ViteUserConfig = defineConfig({
  test: {
    reporters: [new LoadFailures()],
    projects: [
      { ...unit, test: { ...unit?.test, include } },
      { ...unitAlone, test: { ...unitAlone?.test, sequence: { groupOrder: 1 } } },
      {
        ...connections,
        test: { ...connections?.test, name: "connections", include: waiting, sequence: { groupOrder: 2 } },
      },
    ],
  },
});

export default config;
