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
  refresher: {
    mutate: ["src/refresher/**/*.ts"],
    tests: ["test/refresher/{refresher,schedules}.test.ts"],
  },
  auth: {
    mutate: ["src/testing/auth/**/*.ts"],
    tests: [
      "test/testing/auth/*.test.ts",
      "test/testing/operations/exchanges.test.ts",
      "test/testing/wire/*.test.ts",
      "test/testing/control.test.ts",
    ],
  },
  state: {
    mutate: ["src/testing/state/**/*.ts"],
    tests: ["test/testing/state/*.test.ts", "test/testing/snapshot.test.ts"],
  },
  routes: {
    mutate: ["src/testing/{wire,operations}/**/*.ts"],
    tests: ["test/testing/{wire,operations}/*.test.ts", "test/testing/control.test.ts"],
  },
};
