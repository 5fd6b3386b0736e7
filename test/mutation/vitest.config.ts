// The tests that judge a mutant: fast, and without the property tests, which would run for each of a thousand.
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: [
      "test/*.test.ts",
      "test/client/*.test.ts",
      "test/operation/*.test.ts",
      "test/pipeline/*.test.ts",
      "test/recorded/client.test.ts",
      "test/vectors/*.test.ts",
      "test/testing/{bearer,bearerDetails,exchanges,hmac,mismatch,signatureDetails}.test.ts",
    ],
    exclude: ["test/**/*ostile*.test.ts", "test/{structure,importCycles}.test.ts"],
    testTimeout: 5000,
  },
});

export default config;
