// Installs the packages of `service`, checks its types, and runs its tests: `tsx test/tokenService/run.ts service`,
// or some of them: `npm run test:tokenService -- creations`.
import { spawnSync } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setup as build } from "../helpers/build.js";
import { npm } from "../helpers/command.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const service = join(root, "service");
/** A copy of the lockfile that the packages were installed from. */
const stamp = join(service, "node_modules/.installed-lock.json");

const [project = "service", ...files] = process.argv.slice(2);
await build();
if (!(await isInstalled())) {
  await npm(["ci"], service);
  await cp(join(service, "package-lock.json"), stamp);
}
const tests = ["vitest", "run", ...files, "--mode", project, "--project", project];
// Before the instances start, they are compiled anyway.
const types = project === "service" ? runInService("tsc") : 0;
process.exitCode = types || runInService(...tests);

function runInService(...command: readonly string[]): number {
  const { status } = spawnSync("npx", ["--no-install", ...command], { cwd: service, stdio: "inherit" });
  return status ?? 1;
}

async function isInstalled(): Promise<boolean> {
  const installed = await readFile(stamp, "utf8").catch(() => undefined);
  return installed === (await readFile(join(service, "package-lock.json"), "utf8"));
}
