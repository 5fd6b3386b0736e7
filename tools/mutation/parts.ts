/** A part of the source, and its own tests. */
export interface Part {
  readonly mutate: string[];
  readonly tests: string[];
}

export const parts: Readonly<Record<string, Part>> = {
  client: {
    mutate: ["src/client/**/*.ts", "src/connectionString.ts"],
    tests: ["test/*.test.ts", "test/client/*.test.ts"],
  },
  operation: { mutate: ["src/operation/**/*.ts"], tests: ["test/operation/*.test.ts"] },
  pipeline: {
    mutate: ["src/pipeline/**/*.ts", "src/shared/{proxyCredentials,proxyRefusal,readBytes}.ts"],
    tests: [
      "test/pipeline/*.test.ts",
      "test/shared/*.test.ts",
      "test/transport/*.test.ts",
      "test/client/{clientArguments,proxyEnvironment}.test.ts",
      "test/operation/localMistakes.test.ts",
    ],
  },
  undici: {
    mutate: ["src/undici/**/*.ts"],
    tests: ["test/undici/*.test.ts", "test/transport/*.test.ts"],
  },
  auth: {
    mutate: ["src/testing/auth/**/*.ts"],
    tests: ["test/testing/{bearer,bearerDetails,exchanges,hmac,mismatch,signatureDetails}.test.ts"],
  },
};
