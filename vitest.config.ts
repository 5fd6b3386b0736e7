import { defineConfig, type ViteUserConfigFnObject } from "vitest/config";

/** Tests of the package, docs, samples, command and page: they build, install, start programs or open a browser. */
const packaged = [
  "test/{cli,docs,dropin,mocking,package,samples}/**/*.test.ts",
  "test/emulator/{page/**/*,entra/browser}.test.ts",
  "test/official/tokenCredential.test.ts",
];

/** Slow tests: thousands of random calls and requests, killed processes, full disks, large bodies, ten compilers. */
const load = [
  "test/package/types.test.ts",
  "test/samples/bulkProvisioning/runs.test.ts",
  "test/trust/{chunkedBodies,concurrency,processEnd,secrets,secretsOnTheWire,tunnels}.test.ts",
  "test/emulator/{fuzz,fullDisk,largeSnapshots,limitedDisk,limits}.test.ts",
];

/** These have their own configurations. */
const elsewhere = [
  "**/node_modules/**",
  "test/{container,faults,python,runtimes}/**",
  "test/**/*.runtimes.test.ts",
];

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => ({
  test: {
    reporters: ["default", ["json", { outputFile: `test-results/${mode}.json` }]],
    // By default Vitest leaves one core idle, which is half of a machine with two.
    maxWorkers: "100%",
    testTimeout: 20_000,
    // A CI machine may stall for seconds. The report names the tests that needed a retry.
    retry: process.env.CI === "true" ? 1 : 0,
    // A page polls once a second, and a busy machine takes longer.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts", "spec/**/*.test.ts"],
          exclude: [...elsewhere, ...packaged, ...load],
        },
      },
      { extends: true, test: { name: "package", include: packaged, exclude: [...elsewhere, ...load] } },
      { extends: true, test: { name: "load", include: load } },
    ],
  },
}));

export default config;
