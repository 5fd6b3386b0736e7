import { defineConfig, type ViteUserConfig } from "vitest/config";

/** `npx vitest run --project service` needs only Node; `instances` needs PostgreSQL on this machine. */
const config: ViteUserConfig = defineConfig({
  test: {
    // These only end what hangs, on a busy machine, too.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    retry: process.env.CI === "true" ? 1 : 0,
    projects: [
      {
        extends: true,
        // Loading the modules and PGlite anew for each file took as long as the tests.
        test: {
          name: "service",
          include: ["test/*.test.ts", "test/store/*.test.ts"],
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
});

export default config;
