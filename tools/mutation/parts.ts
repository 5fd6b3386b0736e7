/** A part of the source, and the tests that have to notice its mutants. */
export interface Part {
  readonly mutate: string[];
  readonly tests: string;
  /** Whether its score is only printed, since nobody has gone through all its survivors. */
  readonly reportOnly?: true;
}

/** Tests go through a whole client or a whole fake, so each of them may notice a mutant of each part. */
const ofClient = "test/unit{,Alone}/{*,{arguments,client,operation,pipeline,shared}/**/*}.test.ts";
const ofFake = "test/unit/{testing/**/*,emulator/*}.test.ts";

export const parts: Readonly<Record<string, Part>> = {
  client: { mutate: ["src/client/**/*.ts", "src/connectionString.ts"], tests: ofClient },
  operation: { mutate: ["src/operation/**/*.ts"], tests: ofClient },
  pipeline: {
    mutate: ["src/{arguments,pipeline}/**/*.ts", "src/shared/{proxyCredentials,proxyRefusal,readBytes}.ts"],
    tests: ofClient,
  },
  undici: { mutate: ["src/undici/**/*.ts"], tests: "test/unit/{undici,transport}/**/*.test.ts" },
  tokenEndpoint: { mutate: ["src/tokenEndpoint/**/*.ts"], tests: "test/unit/tokenEndpoint/**/*.test.ts" },
  refresher: { mutate: ["src/refresher/**/*.ts"], tests: "test/unit/refresher/**/*.test.ts" },
  auth: { mutate: ["src/testing/authentication/**/*.ts"], tests: ofFake },
  state: { mutate: ["src/testing/state/**/*.ts"], tests: ofFake },
  routes: { mutate: ["src/testing/{wire,operations}/**/*.ts"], tests: ofFake },
  entra: { mutate: ["src/testing/{directory,entra}/**/*.ts"], tests: ofFake, reportOnly: true },
  emulator: {
    // The page is tested in browsers.
    mutate: ["src/emulator/**/*.ts", "!src/emulator/page/**"],
    tests: "test/unit/{emulator,cli/emulator}/**/*.test.ts",
    reportOnly: true,
  },
  cli: { mutate: ["src/cli/**/*.ts"], tests: "test/unit/cli/**/*.test.ts", reportOnly: true },
  samples: {
    mutate: ["samples/bulkProvisioning/pacer.ts"],
    tests: "test/load/samples/**/pacer.test.ts",
    reportOnly: true,
  },
};
