import { defineConfig, type ViteUserConfigFnObject } from "vitest/config";

/** Tests that need a runtime besides the Node that runs them: `npm run test:runtimes` and `npm run test:python`. */
const onOtherRuntimes = ["test/runtimes/**", "test/**/*.runtimes.test.ts", "test/python/**"];

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => ({
  test: {
    ...(mode === "cores"
      ? { include: ["test/faults/*.runtimes.test.ts"] }
      : {
          include: ["test/**/*.test.ts", "spec/**/*.test.ts"],
          exclude: ["**/node_modules/**", ...onOtherRuntimes],
        }),
    reporters: ["default", ["json", { outputFile: `test-results/${mode}.json` }]],
    testTimeout: 20_000,
    // A page asks once a second, and a busy machine takes longer.
    expect: { poll: { timeout: 10_000 } },
  },
}));

export default config;
