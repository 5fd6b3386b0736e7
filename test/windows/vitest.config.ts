// The suite of `npm run test:windows`, which runs on Node for Windows.
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { filesOf, unitProject } from "../../vitest.config.js";
import { sharedSettings, suiteReporters } from "../helpers/sharedSettings.js";
import { wineTimeLimit } from "../helpers/timeLimit.js";

/**
 * The unit tests of what differs on Windows: the code that uses files, paths, processes, shells or the console, which
 * is in `src/cli` and `src/emulator`, and how a connection ends or fails. All other code is the same everywhere, and
 * most of Wine's time went to tests that only send requests.
 */
const unitTests = [
  "test/unit/cli/**/*.test.ts",
  "test/unit/emulator/{certificate/machineCertificate,environment/shells,server/listenError}.test.ts",
  "test/unit/emulator/data/{dataFile,dataFile.heldFilesOnWindows,dataFile.restart,fileLock,fileWriter,journal}.test.ts",
  "test/unit/emulator/data/{restoreState,retryWhileBusy}.test.ts",
  "test/unit/pipeline/unreachable.test.ts",
  "test/unit/transport/contract.test.ts",
];

const timeLimits = { testTimeout: wineTimeLimit, hookTimeout: wineTimeLimit };

const config: ViteUserConfig = defineConfig({
  test: {
    ...sharedSettings,
    reporters: suiteReporters("windows"),
    ...timeLimits,
    maxWorkers: "100%",
    projects: [
      unitProject(unitTests, [], timeLimits),
      {
        extends: true,
        test: {
          name: "package",
          globalSetup: "test/windows/project.ts",
          isolate: false,
          include: [
            ...filesOf("windows"),
            ...filesOf("package/cli"),
            ...filesOf("programs/cli"),
            "test/load/emulator/data/{dataFile.processes,fileLock}.test.ts",
          ],
        },
      },
    ],
  },
});

export default config;
