// The tests that run on each of the thousand mutants: only fast ones, and no property tests.
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: [
      "test/*.test.ts",
      "test/client/*.test.ts",
      "test/operation/*.test.ts",
      "test/pipeline/*.test.ts",
      "test/transport/contract.test.ts",
      "test/undici/*.test.ts",
      "test/official/{errorParity,retryParity}.test.ts",
      "test/recorded/client.test.ts",
      "test/vectors/*.test.ts",
      "test/testing/{bearer,bearerDetails,exchanges,hmac,mismatch,signatureDetails}.test.ts",
    ],
    exclude: ["test/**/*ostile*.test.ts", "test/structure.test.ts"],
  },
});

export default config;
