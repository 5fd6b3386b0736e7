import { defineConfig, type ViteUserConfigFnObject } from "vitest/config";

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => ({
  test: {
    include: ["test/**/*.test.ts", "spec/**/*.test.ts"],
    // These have configurations of their own.
    exclude: ["**/node_modules/**", "test/faults/**", "test/runtimes/**", "test/**/*.runtimes.test.ts"],
    reporters: ["default", ["json", { outputFile: `test-results/${mode}.json` }]],
    testTimeout: 20_000,
    // A page asks once a second, and a busy machine takes longer.
    expect: { poll: { timeout: 10_000 } },
  },
}));

export default config;
