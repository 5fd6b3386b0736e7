// npm run test:runtimes: the suite on the packed tarball, on every runtime that the package supports.
import { fileURLToPath } from "node:url";
import {
  defineConfig,
  type TestProjectInlineConfiguration,
  type ViteUserConfig,
  type ViteUserConfigFnPromise,
} from "vitest/config";
import { root } from "../package/packed.js";
import { binaries, binaryAt } from "./binaries.js";
import { providerOf, type SystemBrowser, systemBrowsers } from "./browsers.js";
import { type Installation, install } from "./installation.js";
import { nodePool } from "./nodePool.js";

const globalSetup = fileURLToPath(new URL("service.ts", import.meta.url));

function onNode(name: string, path: string, { folder, core }: Installation): TestProjectInlineConfiguration {
  return {
    root: folder,
    test: {
      name: `${name} (core ${core})`,
      include: ["test/runtimes/suite/node.test.ts"],
      pool: nodePool(path),
      globalSetup,
      provide: { installation: folder },
    },
  };
}

function inBrowsers(
  browsers: readonly SystemBrowser[],
  { folder, core }: Installation,
): TestProjectInlineConfiguration {
  return {
    root: folder,
    server: { fs: { allow: [folder, root] } },
    // Before a page asks for the first of them, which would load the page anew.
    optimizeDeps: { include: ["acs-identity", "acs-identity/testing", "@azure/core-rest-pipeline", "chai"] },
    test: {
      name: "browsers",
      include: ["test/runtimes/suite/browser.test.ts"],
      browser: {
        enabled: true,
        instances: browsers.map((browser) => ({
          name: `${browser.name} (core ${core})`,
          browser: browser.name,
          provider: providerOf(browser),
        })),
        ui: false,
        screenshotFailures: false,
      },
      globalSetup,
      provide: { installation: folder },
    },
  };
}

const config: ViteUserConfigFnPromise = defineConfig(async (): Promise<ViteUserConfig> => {
  const paths = new Map<string, string>();
  for (const [name, module] of Object.entries(binaries)) {
    const path = await binaryAt(module);
    if (path) paths.set(name, path);
  }
  const { execPath } = process;
  const [lowest, newest] = await Promise.all([
    install(paths.get("Node 20") ?? execPath),
    install(paths.get("Node 22") ?? execPath),
  ]);
  const browsers = await systemBrowsers();
  const absent = [
    ...Object.keys(binaries).map((name) => ({ name, need: "Linux on x64", path: paths.get(name) })),
    ...browsers,
  ].flatMap(({ name, need, path }) => (path ? [] : [{ name, need }]));
  const nodes = [...paths].filter(([name]) => name.startsWith("Node"));

  const others: TestProjectInlineConfiguration = {
    root,
    test: {
      name: `others (core ${newest.core})`,
      include: ["test/runtimes/*.test.ts", "test/testing/msw3.runtimes.test.ts"],
      pool: nodePool(paths.get("Node 24") ?? execPath),
      // These share the service.
      fileParallelism: false,
      globalSetup,
      provide: { installation: newest.folder, absent },
    },
  };
  return {
    test: {
      projects: [
        ...nodes.map(([name, path]) => onNode(name, path, name === "Node 20" ? lowest : newest)),
        others,
        inBrowsers(
          browsers.filter(({ path }) => path),
          newest,
        ),
      ],
      reporters: ["default", ["json", { outputFile: "test-results/runtimes.json" }]],
      testTimeout: 20_000,
    },
  };
});

// biome-ignore lint/style/noDefaultExport: this is how Vitest finds it.
export default config;
