// The suite of `npm run test:windows`, which runs on Node for Windows.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { commandTests, unitProjects } from "../../vitest.config.js";
import { reportersOf, sharedSettings } from "../sharedSettings.js";
import { unitTimeLimit } from "../timeLimit.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Node's modules for files, processes and the network, which differ between platforms. */
const platform =
  /from "node:(?:child_process|dns|fs|https?|http2|net|os|path|process|tls|url|worker_threads)\b/;

/** Whether a test file, or a file of the tests that it imports, uses one of these modules. */
function dependsOnPlatform(file: string, seen: Set<string> = new Set()): boolean {
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  const text = readFileSync(file, "utf8");
  const imports = [...text.matchAll(/from "(\.[^"]+)\.js"/g)].map(
    ([, path]) => `${join(dirname(file), path ?? "")}.ts`,
  );
  const isOfTests = (path: string): boolean => relative(root, path).startsWith("test");
  return platform.test(text) || imports.some((path) => isOfTests(path) && dependsOnPlatform(path, seen));
}

/**
 * The other test files, whose result is the same everywhere, and those of what only we run, of other packages, or of the
 * simulated disk, which is Windows' on other systems, too.
 */
const others = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts") && !dependsOnPlatform(join(root, "test", name)))
  .map((name) => `test/${name.replaceAll("\\", "/")}`)
  .concat("test/bench/**", "test/official/**", "test/emulator/data/storageFaults.test.ts");

const config: ViteUserConfig = defineConfig({
  test: {
    ...sharedSettings,
    reporters: reportersOf("windows"),
    testTimeout: unitTimeLimit,
    hookTimeout: unitTimeLimit,
    maxWorkers: "100%",
    projects: [
      ...unitProjects(others),
      {
        extends: true,
        test: {
          name: "package",
          globalSetup: "test/windows/project.ts",
          include: ["test/windows/*.test.ts", ...commandTests, "test/emulator/data/dataFiles.test.ts"],
        },
      },
    ],
  },
});

export default config;
