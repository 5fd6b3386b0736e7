import { defineConfig, type ViteUserConfigFnObject } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { sharedSettings, suiteReporters } from "../test/helpers/sharedSettings.js";
import { serviceTimeLimit } from "../test/helpers/timeLimit.js";

/** Starts the files first that take longest, though they aren't the largest, by which Vitest sorts new ones. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => /(?:deadline|page)\.test\.ts$/.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** `npx vitest run --project service` needs only Node; `instances` needs PostgreSQL on this machine. */
const config: ViteUserConfigFnObject = defineConfig(({ mode }) => ({
  test: {
    ...sharedSettings,
    reporters: suiteReporters(`tokenService-${mode}`),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        // Loading the modules anew for each file took as long as the tests.
        test: {
          name: "service",
          // So that a test that hangs says so soon.
          testTimeout: serviceTimeLimit,
          hookTimeout: serviceTimeLimit,
          expect: { poll: { timeout: serviceTimeLimit / 2 } },
          include: ["test/*.test.ts", "test/store/*.test.ts"],
          globalSetup: "test/pgliteData.ts",
          setupFiles: [
            "test/eventLoop.ts",
            "test/measurements.ts",
            "test/forgetMeasurements.ts",
            "test/loadDatabase.ts",
          ],
          isolate: false,
          // They wait for time limits and programs more than they compute.
          maxWorkers: 3,
        },
      },
      {
        extends: true,
        test: {
          name: "instances",
          include: ["test/instances/*.test.ts"],
          globalSetup: "test/instances/build.ts",
          // Most of them wait, for time limits and outages.
          maxWorkers: 3,
        },
      },
    ],
  },
}));

export default config;
