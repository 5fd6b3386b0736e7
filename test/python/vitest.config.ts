// `npm run test:python` runs the official Python client against the emulator.
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/python/*.test.ts"],
    reporters: ["default", ["json", { outputFile: "test-results/python.json" }]],
  },
});

export default config;
