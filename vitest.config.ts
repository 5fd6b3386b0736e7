import { defineConfig, type ViteUserConfigFnObject } from "vitest/config";

/** Tests that need a runtime besides the Node that runs them: `npm run test:runtimes`. */
const onOtherRuntimes = "test/**/*.runtimes.test.ts";

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => ({
  test: {
    ...(mode === "runtimes"
      ? { include: [onOtherRuntimes] }
      : {
          include: ["test/**/*.test.ts", "spec/**/*.test.ts"],
          exclude: ["**/node_modules/**", "test/faults/**", onOtherRuntimes],
        }),
    reporters: ["default", ["json", { outputFile: `test-results/${mode}.json` }]],
    testTimeout: 20_000,
    // A page asks once a second, and a busy machine takes longer.
    expect: { poll: { timeout: 10_000 } },
  },
}));

export default config;
