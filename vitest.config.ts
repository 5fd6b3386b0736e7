import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  resolve: {
    alias: { "#platform": new URL("./src/platform/node.ts", import.meta.url).pathname },
  },
  test: {
    include: ["test/**/*.test.ts", "spec/**/*.test.ts"],
    reporters: ["default", ["json", { outputFile: "test-results/vitest.json" }]],
    testTimeout: 20_000,
  },
});

export default config;
