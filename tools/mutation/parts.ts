/** A part of the source, and its own tests. */
export interface Part {
  readonly mutate: string[];
  readonly tests: string[];
  /** Those of the tests that set what a process has only one of, such as the tracer. */
  readonly alone?: string[];
  /** Whether its score is only printed, since nobody has gone through all its survivors. */
  readonly reportOnly?: true;
}

export const parts: Readonly<Record<string, Part>> = {
  client: {
    mutate: ["src/client/**/*.ts", "src/connectionString.ts"],
    tests: ["test/*.test.ts", "test/client/*.test.ts"],
    alone: ["test/client/proxyEnvironment.test.ts"],
  },
  operation: {
    mutate: ["src/operation/**/*.ts"],
    tests: [
      "test/operation/*.test.ts",
      "test/client/methodArguments.test.ts",
      "test/pipeline/{cancellation,redirects}.test.ts",
    ],
  },
  pipeline: {
    mutate: ["src/pipeline/**/*.ts", "src/shared/{proxyCredentials.node,proxyRefusal,readBytes}.ts"],
    tests: [
      "test/pipeline/*.test.ts",
      "test/shared/*.test.ts",
      "test/client/clientArguments.test.ts",
      "test/operation/localMistakes.test.ts",
    ],
    alone: [
      "test/pipeline/{attemptSpan,openTelemetry,tracingPolicy}.test.ts",
      "test/client/proxyEnvironment.test.ts",
    ],
  },
  undici: {
    mutate: ["src/undici/**/*.ts"],
    tests: ["test/undici/*.test.ts", "test/transport/*.test.ts"],
  },
  refresher: {
    mutate: ["src/refresher/**/*.ts"],
    tests: ["test/refresher/refresher.test.ts"],
  },
  auth: {
    mutate: ["src/testing/auth/**/*.ts"],
    tests: [
      "test/testing/auth/*.test.ts",
      "test/testing/operations/exchanges.test.ts",
      "test/testing/wire/*.test.ts",
      "test/testing/{clock,faults,requestLog,throttle}.test.ts",
    ],
  },
  state: {
    mutate: ["src/testing/state/**/*.ts"],
    // Nothing else of the fake keeps anything, so each test of the fake is about the state, too.
    tests: [
      "test/testing/*.test.ts",
      "test/testing/{auth,operations,state,tokens}/*.test.ts",
      "test/testing/entra/{directory,entraAssignments}.test.ts",
    ],
  },
  routes: {
    mutate: ["src/testing/{wire,operations}/**/*.ts"],
    tests: [
      "test/testing/{wire,operations}/*.test.ts",
      "test/testing/{clock,faults,requestLog,snapshot,throttle}.test.ts",
      "test/testing/auth/{accessKeys,bearer,hmac}.test.ts",
      "test/testing/entra/{entraAssignments,exchangeRights}.test.ts",
      "test/testing/tokens/tokens.test.ts",
      "test/emulator/{cors,tables,troubleshooting}.test.ts",
    ],
  },
  entra: {
    mutate: ["src/testing/entra/**/*.ts"],
    tests: [
      "test/testing/entra/*.test.ts",
      "test/testing/auth/bearer.test.ts",
      "test/testing/operations/{exchanges,expiry,teamsUser}.test.ts",
      "test/emulator/entra/server.test.ts",
    ],
    reportOnly: true,
  },
  emulator: {
    // The page is tested in browsers.
    mutate: ["src/emulator/**/*.ts", "!src/emulator/page/**"],
    // Without those that need the built package.
    tests: [
      "test/emulator/{certificate,cors,hostile,listenError,rawRequests,shells,tables}.test.ts",
      "test/emulator/{startEmulator,troubleshooting}.test.ts",
      "test/emulator/admin/{admin,adminAccess,adminList,adminSnapshot}.test.ts",
      "test/emulator/data/{dataFile,heldFiles,journal,savedChanges,storageFaults}.test.ts",
      "test/emulator/entra/server.test.ts",
      "test/cli/emulator/emulatorSettings.test.ts",
    ],
    reportOnly: true,
  },
  cli: {
    mutate: ["src/cli/**/*.ts"],
    tests: [
      "test/cli/*.test.ts",
      "test/cli/doctor/*.test.ts",
      "test/cli/emulator/emulatorSettings.test.ts",
      "test/emulator/shells.test.ts",
    ],
    reportOnly: true,
  },
  samples: {
    mutate: ["samples/tokenRoute.ts", "samples/bulkProvisioning/pacer.ts"],
    tests: ["test/samples/tokenRoute.test.ts", "test/samples/bulkProvisioning/pacer.test.ts"],
    reportOnly: true,
  },
};
