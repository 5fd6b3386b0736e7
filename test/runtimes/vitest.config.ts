// `npm run test:runtimes` runs the suite on the packed tarball, on every runtime that the package supports.
import { join } from "node:path";
import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from "vitest/config";
import { setup as build } from "../helpers/build.js";
import { root } from "../helpers/packed.js";
import { sharedSettings, suiteReporters } from "../helpers/sharedSettings.js";
import { binaries, binaryAt } from "./binaries.js";
import { browsers, providerOf } from "./browsers.js";
import { type Installation, install } from "./installation.js";
import { nodePool } from "./nodePool.js";

await build();
const paths = new Map<string, string | undefined>();
for (const [name, module] of Object.entries(binaries)) paths.set(name, await binaryAt(module));
const lowest = await install(paths.get("Node 20") ?? process.execPath);
const newest = await install(paths.get("Node 22") ?? process.execPath);

const presentBrowsers = browsers.filter(({ path }) => path);
const absent = [
  ...[...paths].map(([name, path]) => ({ name, path, need: "Linux on x64" })),
  ...browsers,
].flatMap(({ name, path, need }) => (path ? [] : [{ name, need }]));

/** Each project has its own service, so that projects don't interfere with each other. */
function project(
  name: string,
  { folder, core }: Installation,
  test: TestProjectInlineConfiguration["test"],
): TestProjectInlineConfiguration {
  const globalSetup = join(root, "test/runtimes/service.ts");
  const provide = { installation: join(folder, "package.json"), absent };
  return {
    root: folder,
    server: { fs: { allow: [folder, root] } },
    // The page reloads if Vite discovers these only when a test imports them.
    optimizeDeps: {
      include: [
        "@azure/communication-common",
        "acs-identity",
        "acs-identity/refresher",
        "acs-identity/testing",
        "@azure/core-rest-pipeline",
        "chai",
      ],
    },
    test: {
      ...sharedSettings,
      name: `${name} (core ${core})`,
      globalSetup,
      provide,
      ...test,
    },
  };
}

// Among Nodes, timers and fetch, on which the refresher relies, don't differ.
const projects = [...paths]
  .filter(([name, path]) => name.startsWith("Node") && path)
  .map(([name, path = ""]) =>
    project(name, name === "Node 20" ? lowest : newest, {
      include: [`test/runtimes/suite/${name === "Node 22" ? "{node,refresher}" : "node"}.test.ts`],
      pool: nodePool(path),
    }),
  );
projects.push(
  project("others", newest, {
    dir: root,
    include: ["test/runtimes/*.test.ts"],
    pool: nodePool(paths.get("Node 24") ?? process.execPath),
    // These tests share one service.
    fileParallelism: false,
  }),
);
if (presentBrowsers.length > 0) {
  const instances = presentBrowsers.map((browser) => ({
    name: `${browser.name} (core ${newest.core})`,
    browser: browser.name,
    provider: providerOf(browser),
  }));
  projects.push(
    project("browsers", newest, {
      include: ["test/runtimes/suite/{browser,refresher}.test.ts"],
      browser: { enabled: true, instances, ui: false, screenshotFailures: false },
    }),
  );
}

const config: ViteUserConfig = defineConfig({
  test: { projects, reporters: suiteReporters("runtimes") },
});

export default config;
