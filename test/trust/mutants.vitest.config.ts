// The tests that judge a mutant: fast, and without the property tests, which would run for each of a thousand.
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: [
      "test/auth/*.test.ts",
      "test/client/*.test.ts",
      "test/vectors/*.test.ts",
      "test/testing/hmac.test.ts",
      "test/testing/bearer.test.ts",
      "test/testing/exchanges.test.ts",
      "test/trust/mutants/*.test.ts",
      "test/trust/endedAttempts.test.ts",
    ],
    testTimeout: 5000,
  },
});

// biome-ignore lint/style/noDefaultExport: Vitest reads this one.
export default config;
