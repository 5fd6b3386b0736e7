import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import {
  defineConfig,
  type TestProjectInlineConfiguration,
  type ViteUserConfigFnObject,
} from "vitest/config";
import { reportersOf, sharedSettings } from "./test/sharedSettings.js";
import { unitTimeLimit } from "./test/timeLimit.js";

/** Starts from the built package, so that each run tests what users get. */
const built = { globalSetup: "test/package/build.ts" };

/** Starting a browser and bundling the page takes longer than most tests, so the files of a process share them. */
const oneBrowser = { isolate: false };

/** Tests that start the command as built, or read what the build made for it. */
export const commandTests: readonly string[] = [
  "test/cli/closedOutput.test.ts",
  "test/cli/doctor/trustedCertificate.test.ts",
  "test/cli/emulator/{config,program,run}.test.ts",
];

/**
 * The suites besides `unit`, which has every other test file. Each of them has a command in package.json, which also
 * names it as `--mode`: that is the name of its results.
 */
const suites = {
  /** Format, types, public API and documents. */
  check: { include: ["test/check/*.test.ts", "test/docs/{documents,numbers}.test.ts"], ...built },
  /** The package, manual, samples and commands: these install or start programs. */
  package: {
    include: [
      "test/{docs,dropin,mocking,package,samples}/**/*.test.ts",
      ...commandTests,
      "test/emulator/{connections,entra/libraries,trustedCertificate}.test.ts",
      "test/official/tokenCredential.test.ts",
    ],
    exclude: [
      "test/docs/{documents,numbers}.test.ts",
      "test/package/{reproducibleBuild,types}.test.ts",
      "test/samples/bulkProvisioning/runs.test.ts",
    ],
    // After the others of `npm test`, with more workers, since these wait for programs and browsers half of the time.
    sequence: { groupOrder: 1 },
    maxWorkers: 2 * availableParallelism(),
    ...built,
  },
  /** The emulator's page and sign-in, and msw, in Chromium. `npm run test:page` runs the next one, too. */
  page: {
    include: [
      "test/emulator/page/!(bundle).test.ts",
      "test/emulator/entra/{browser,interactive}.test.ts",
      "test/testing/adapters/mswBrowser.test.ts",
    ],
    ...oneBrowser,
    ...built,
  },
  /**
   * In Firefox, those of the same tests in which browsers differ: input, focus, dialogs, streams and layout. Playwright
   * adds a style to take a screenshot, which the page blocks, so these tests take none.
   */
  firefox: {
    include: ["test/emulator/page/{actions,keyboard,live,look}.test.ts"],
    env: { TEST_BROWSER: "Firefox" },
    ...oneBrowser,
    ...built,
  },
  /** Slow: thousands of random calls and requests, hostile input, killed processes, full disks, compilers, a second build. */
  load: {
    include: [
      "test/package/{reproducibleBuild,types}.test.ts",
      "test/samples/bulkProvisioning/runs.test.ts",
      "test/trust/{concurrency,largeErrors,misuse.fuzz,processEnd,secrets.fuzz,secretsOnTheWire,tunnels}.test.ts",
      "test/pipeline/hostileHeaders.fuzz.test.ts",
      "test/emulator/{chunkMemory,limits,openApi.fuzz,requests.fuzz,unsignedMemory}.test.ts",
      "test/emulator/admin/largeSnapshots.test.ts",
      "test/emulator/data/dataFileProcesses.test.ts",
    ],
    ...built,
  },
  /** The generator of the REST layer, the pages of the API and the workflows, with what `npm run tools` installs. */
  tools: { include: ["tools/**/*.test.ts"] },
  /** Other people's applications. */
  applications: {
    include: ["test/applications/*.test.ts"],
    globalSetup: [built.globalSetup, "test/applications/install.ts"],
  },
  /** The refresher in React and React Native, and the token route with older compilers. */
  frameworks: { include: ["test/frameworks/*.test.ts"], fileParallelism: false, ...built },
  /** The lines of the pages in what each framework's generator makes. */
  starters: { include: ["test/starters/*.test.ts"], ...built },
  /** Needs the official Python client. */
  python: { include: ["test/python/*.test.ts"] },
  /** Needs buildah. Each file builds an image, which keeps the machine busy by itself. */
  container: {
    include: ["test/container/*.test.ts"],
    fileParallelism: false,
    globalSetup: "test/container/baseImage.ts",
  },
  /** Proves `npm run test:live` against the emulator and servers that differ on purpose. */
  liveProof: { include: ["test/live/*.test.ts"] },
};

/** Unit tests depend on nothing but this code, so that one that fails is a fault. */
const unitSettings = {
  retry: 0,
  testTimeout: unitTimeLimit,
  hookTimeout: unitTimeLimit,
  expect: { poll: { timeout: unitTimeLimit / 2 } },
  setupFiles: "test/undoStubs.ts",
};

/** The package by its name, which the command imports, is its source: unit tests need no build. */
export const packageOfSource: { find: RegExp; replacement: string }[] = [
  "",
  "/testing",
  "/emulator",
  "/refresher",
  "/undici",
].map((entry) => ({
  find: new RegExp(`^acs-identity${entry}$`),
  replacement: fileURLToPath(new URL(`src${entry}/index.ts`, import.meta.url)),
}));

/** Unit tests that set what a process has only one of, such as the tracer. Each file gets a process of its own. */
const ownProcess = [
  "test/client/proxyEnvironment.test.ts",
  "test/operation/request.fuzz.test.ts",
  "test/pipeline/{attemptSpan,openTelemetry,tracingPolicy}.test.ts",
  "test/trust/secretOptions.test.ts",
];

/** These have configurations of their own, because they find out first what they run on. */
const elsewhere = [
  "test/{faults,runtimes,windows}/**",
  "test/{applications,frameworks}/projects/**",
  "test/**/*.runtimes.test.ts",
];

const onSource = { extends: true, resolve: { alias: packageOfSource } } as const;

/** The project of the test files that no other project names, of those that `include` names and `without` doesn't. */
export function unitProject(
  include: readonly string[],
  without: readonly string[] = [],
): TestProjectInlineConfiguration {
  return {
    ...onSource,
    test: {
      name: "unit",
      include: [...include],
      exclude: [
        "**/node_modules/**",
        ...elsewhere,
        ...ownProcess,
        ...Object.values(suites).flatMap((suite) => suite.include),
        ...without,
      ],
      ...unitSettings,
      // Loading the modules anew for each file takes longer than the tests do.
      isolate: false,
    },
  };
}

/** The projects of all unit tests, except those that `without` names. */
export function unitProjects(without: readonly string[] = []): TestProjectInlineConfiguration[] {
  const alone = { name: "unitAlone", include: ownProcess, exclude: [...without], ...unitSettings };
  return [unitProject(["test/**/*.test.ts"], without), { ...onSource, test: alone }];
}

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => ({
  test: {
    ...sharedSettings,
    reporters: reportersOf(mode),
    // By default Vitest leaves one core idle, which is half of a machine with two.
    maxWorkers: "100%",
    projects: [
      ...unitProjects(),
      ...Object.entries(suites).map(([name, suite]) => ({
        extends: true as const,
        test: { name, ...suite },
      })),
    ],
  },
}));

export default config;
