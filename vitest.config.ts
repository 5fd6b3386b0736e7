import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import {
  defineConfig,
  type TestProjectInlineConfiguration,
  type ViteUserConfigFnObject,
} from "vitest/config";
import { SameEnvironment } from "./test/helpers/sameEnvironment.js";
import { sharedSettings, suiteReporters } from "./test/helpers/sharedSettings.js";
import { unitTimeLimit } from "./test/helpers/timeLimit.js";

/** Undoes what a test stubs when it ends. */
const undoStubs = "test/helpers/undoStubs.ts";
/** Starts from the built package, so that each run tests what users get. */
const built = { globalSetup: "test/helpers/build.ts" };
/** Each file builds an image, which keeps the machine busy by itself. */
const images = { fileParallelism: false, globalSetup: [built.globalSetup, "test/container/baseImage.ts"] };

/**
 * The files of a process share its modules, and a browser and the bundle of the page if they have these: all of it
 * takes longer to start than most files do.
 */
const shared = { isolate: false };

/** The test files of a suite: all in the folder with its name. */
export function filesOf(suite: string): string[] {
  return [`test/${suite}/**/*.test.{ts,tsx}`];
}

/** Tests that start programs. More workers than processors, since they wait for programs and browsers half of the time. */
const programs = { maxWorkers: 2 * availableParallelism(), ...shared, ...built };

/** These hold other people's projects, with tests of their own. */
const withoutProjects = { exclude: ["**/node_modules/**", "test/**/projects/**"] };

/**
 * The suites besides the unit tests. Each of them has a folder of its name in `test`, and a command in package.json,
 * which also names it as `--mode`: that is the name of its results. `runtimes`, `faults` and `windows` have
 * configurations of their own in their folders, because they find out first what they run on.
 */
const suites: Record<string, TestProjectInlineConfiguration["test"]> = {
  /** Format, types, public API and documents. */
  check: { ...shared, ...built, setupFiles: undoStubs },
  /** The package's entries, contents and size, and a few programs end to end. */
  package: {
    // After the others of `npm test`, with more workers, since these wait for programs half of the time.
    sequence: { groupOrder: 1 },
    ...programs,
  },
  /** The blocks of the pages, and the samples. */
  manual: programs,
  /** The package beside other people's programs, and the command as a program that others start. */
  programs,
  /** The emulator's page and sign-in, and msw, in Chromium. `npm run test:page` runs the next one, too. */
  page: { ...shared, ...built },
  /**
   * In Firefox, those of the same tests in which browsers differ: input, focus, dialogs, streams and layout. Playwright
   * adds a style to take a screenshot, which the page blocks, so these tests take none.
   */
  firefox: {
    include: filesOf("page/everyBrowser"),
    env: { TEST_BROWSER: "Firefox" },
    ...shared,
    ...built,
  },
  /** Slow: thousands of random calls and requests, hostile input, killed processes, full disks, compilers. */
  load: built,
  /** The generator of the REST layer, the pages of the API and the workflows, with what `npm run tools` installs. */
  tools: { include: ["tools/**/*.test.ts"] },
  /** Other people's applications. */
  applications: { globalSetup: [built.globalSetup, "test/applications/install.ts"] },
  /** The refresher in React and React Native, and the token route with older compilers and the linters of others. */
  frameworks: { fileParallelism: false, ...built },
  /** The lines of the pages in what each framework's generator makes. */
  starters: built,
  /** Needs the official Python client. */
  python: {},
  /** Programs in other languages under `emulator --https -- COMMAND`. Needs their compilers and interpreters. */
  languages: built,
  /** The emulator's image. Needs buildah. */
  container: images,
  /** The token service's image. Needs buildah, and several minutes of a busy machine. */
  serviceImage: images,
  /** Proves `npm run test:live` against the emulator and servers that differ on purpose. */
  liveProof: {},
};

/** Unit tests depend on nothing but this code, so that one that fails is a fault. */
const unitSettings = {
  retry: 0,
  testTimeout: unitTimeLimit,
  hookTimeout: unitTimeLimit,
  expect: { poll: { timeout: unitTimeLimit / 2 } },
  setupFiles: undoStubs,
};

/** The package by its name, which the command imports, is its source: unit tests need no build. */
export const packageOfSource: { find: RegExp; replacement: string }[] = [
  "",
  "/testing",
  "/emulator",
  "/refresher",
  "/token-endpoint",
  "/undici",
].map((entry) => ({
  find: new RegExp(`^acs-identity${entry}$`),
  replacement: fileURLToPath(
    new URL(`src${entry.replace("token-endpoint", "tokenEndpoint")}/index.ts`, import.meta.url),
  ),
}));

const onSource = { extends: true, resolve: { alias: packageOfSource } } as const;

/** The unit tests, or those of them that `include` names. */
export function unitProject(
  include: readonly string[] = filesOf("unit"),
  exclude: readonly string[] = [],
  timeLimits: { readonly testTimeout?: number; readonly hookTimeout?: number } = {},
): TestProjectInlineConfiguration {
  return {
    ...onSource,
    test: {
      name: "unit",
      include: [...include],
      exclude: [...exclude],
      ...unitSettings,
      ...timeLimits,
      ...shared,
    },
  };
}

/**
 * The projects of all unit tests, except those that `exclude` names. The files of `unitAlone` set what a process has
 * only one of, such as the tracer, so each of them gets a process of its own.
 */
export function unitProjects(exclude: readonly string[] = []): TestProjectInlineConfiguration[] {
  const alone = { name: "unitAlone", include: filesOf("unitAlone"), exclude: [...exclude], ...unitSettings };
  return [unitProject(filesOf("unit"), exclude), { ...onSource, test: alone }];
}

/** Returns the tests in a folder. What tests have installed there, a hundred thousand files, isn't looked at. */
function testsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : testsIn(path);
    return /\.test\.tsx?$/.test(path) ? [path] : [];
  });
}

/** Ends the run if a path on the command line is that of no test, and says which tests its folder has. */
function refuseUnknownPaths(paths: readonly string[]): void {
  const tests = testsIn("test");
  for (const path of paths) {
    if (tests.some((test) => test.includes(path))) continue;
    const near = tests.filter((test) => test.startsWith(`${dirname(path)}/`));
    const has =
      near.length > 0 ? `In its folder are:\n${near.join("\n")}` : "test has the folder of each suite.";
    console.error(`No test has the path ${path}. ${has}`);
    process.exit(1);
  }
}

refuseUnknownPaths(
  process.argv
    .slice(2)
    .filter((argument) => argument.startsWith("test/") && !argument.endsWith(".config.ts"))
    .map((path) => path.replace(/:\d+$/, "")),
);

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => ({
  test: {
    ...sharedSettings,
    reporters: suiteReporters(mode),
    // By default Vitest leaves one core idle, which is half of a machine with two.
    maxWorkers: "100%",
    sequence: { sequencer: SameEnvironment },
    projects: [
      ...unitProjects(),
      ...Object.entries(suites).map(([name, suite]) => ({
        extends: true as const,
        test: { name, include: filesOf(name), ...withoutProjects, ...suite },
      })),
    ],
  },
}));

export default config;
