/** A part of the source, and its own tests. */
export interface Part {
  readonly mutate: string[];
  readonly tests: string[];
  /** The tests that set what a process has only one of, such as the tracer. */
  readonly alone?: string[];
  /** Whether its score is only printed, since nobody has gone through all its survivors. */
  readonly reportOnly?: true;
}

export const parts: Readonly<Record<string, Part>> = {
  client: {
    mutate: ["src/client/**/*.ts", "src/connectionString.ts"],
    tests: ["test/unit/*.test.ts", "test/unit/client/*.test.ts"],
    alone: ["test/unitAlone/client/proxyEnvironment.test.ts"],
  },
  operation: {
    mutate: ["src/operation/**/*.ts"],
    tests: [
      "test/unit/operation/*.test.ts",
      "test/unit/client/methodArguments.test.ts",
      "test/unit/pipeline/{cancellation,redirects}.test.ts",
    ],
  },
  pipeline: {
    mutate: ["src/{arguments,pipeline}/**/*.ts", "src/shared/{proxyCredentials,proxyRefusal,readBytes}.ts"],
    tests: [
      "test/unit/{arguments,pipeline}/*.test.ts",
      "test/unit/shared/*.test.ts",
      "test/unit/client/clientArguments.test.ts",
      "test/unit/operation/localMistakes.test.ts",
    ],
    alone: [
      "test/unitAlone/pipeline/{attemptSpan,openTelemetry,tracingPolicy}.test.ts",
      "test/unitAlone/client/proxyEnvironment.test.ts",
    ],
  },
  undici: {
    mutate: ["src/undici/**/*.ts"],
    tests: ["test/unit/undici/*.test.ts", "test/unit/transport/*.test.ts"],
  },
  tokenEndpoint: {
    mutate: ["src/tokenEndpoint/**/*.ts"],
    tests: ["test/unit/tokenEndpoint/**/*.test.ts"],
  },
  refresher: {
    mutate: ["src/refresher/**/*.ts"],
    tests: ["test/unit/refresher/tokenRefresher.test.ts"],
  },
  auth: {
    mutate: ["src/testing/authentication/**/*.ts"],
    tests: [
      "test/unit/testing/authentication/*.test.ts",
      "test/unit/testing/service/accessKeys.test.ts",
      "test/unit/testing/operations/teamsPhoneAndEntraUsers.test.ts",
      "test/unit/testing/wire/*.test.ts",
      "test/unit/testing/{faults,log}/*.test.ts",
      "test/unit/testing/state/clock.test.ts",
    ],
  },
  state: {
    mutate: ["src/testing/state/**/*.ts"],
    // Nothing else of the fake keeps anything, so each test of the fake is about the state, too.
    tests: ["test/unit/testing/{authentication,directory,faults,jwt,log,operations,service,state}/*.test.ts"],
  },
  routes: {
    mutate: ["src/testing/{wire,operations}/**/*.ts"],
    tests: [
      "test/unit/testing/{wire,operations}/*.test.ts",
      "test/unit/testing/{faults/*,log/requestLog,service/accessKeys,service/snapshot,state/clock}.test.ts",
      "test/unit/testing/authentication/{bearer,hmac}.test.ts",
      "test/unit/emulator/{routing,troubleshooting}.test.ts",
    ],
  },
  entra: {
    mutate: ["src/testing/{directory,entra}/**/*.ts"],
    tests: [
      "test/unit/testing/{directory,entra}/**/*.test.ts",
      "test/unit/testing/authentication/bearer.test.ts",
      "test/unit/testing/operations/{issueToken.expiry,teamsPhoneAndEntraUsers,teamsPhoneAndEntraUsers.rights,teamsUser}.test.ts",
      "test/unit/emulator/{admin/entra,data/restoreState.earlierVersion}.test.ts",
    ],
    reportOnly: true,
  },
  emulator: {
    // The page is tested in browsers.
    mutate: ["src/emulator/**/*.ts", "!src/emulator/page/**"],
    tests: ["test/unit/emulator/**/*.test.ts", "test/unit/cli/emulator/*.test.ts"],
    reportOnly: true,
  },
  cli: {
    mutate: ["src/cli/**/*.ts"],
    tests: ["test/unit/cli/**/*.test.ts", "test/unit/emulator/environment/shells.test.ts"],
    reportOnly: true,
  },
  samples: {
    mutate: ["samples/bulkProvisioning/pacer.ts"],
    tests: ["test/load/samples/bulkProvisioning/pacer.test.ts"],
    reportOnly: true,
  },
};
