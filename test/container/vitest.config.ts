// `npm run test:container` builds and runs the emulator's image without a registry and without a container engine.
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/container/*.test.ts"],
    reporters: ["default", ["json", { outputFile: "test-results/container.json" }]],
    testTimeout: 20_000,
    hookTimeout: 240_000,
  },
});

export default config;
