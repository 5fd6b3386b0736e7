// Installs samples/token-service from its lockfile with this package instead of the published one, checks its types,
// and runs its tests: `tsx test/samples/tokenService.ts service`.
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setup as build } from "../package/build.js";
import { npm } from "../package/command.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sample = join(root, "samples/token-service");
/** A copy of the lockfile that the packages were installed from. */
const stamp = join(sample, "node_modules/.installed-lock.json");

const [project = "service"] = process.argv.slice(2);
await build();
if (!(await isInstalled())) await install();
await linkPackage();
const report = join(root, `test-results/tokenService-${project}.json`);
const tests = ["vitest", "run", "--project", project, "--reporter=default", "--reporter=json"];
process.exitCode = runInSample("tsc") || runInSample(...tests, `--outputFile.json=${report}`);

function runInSample(...command: readonly string[]): number {
  const { status } = spawnSync("npx", ["--no-install", ...command], { cwd: sample, stdio: "inherit" });
  return status ?? 1;
}

async function isInstalled(): Promise<boolean> {
  const installed = await readFile(stamp, "utf8").catch(() => undefined);
  return installed === (await readFile(join(sample, "package-lock.json"), "utf8"));
}

async function install(): Promise<void> {
  const staging = await mkdtemp(join(sample, "node_modules.unfinished-"));
  try {
    // The registry doesn't have this version of acs-identity, or has it built from another commit.
    const manifest = JSON.parse(await readFile(join(sample, "package.json"), "utf8"));
    const lockfile = JSON.parse(await readFile(join(sample, "package-lock.json"), "utf8"));
    for (const { dependencies } of [manifest, lockfile.packages[""]]) delete dependencies["acs-identity"];
    delete lockfile.packages["node_modules/acs-identity"];
    await writeFile(join(staging, "package.json"), JSON.stringify(manifest));
    await writeFile(join(staging, "package-lock.json"), JSON.stringify(lockfile));
    await npm(["ci"], staging);
    await rm(join(sample, "node_modules"), { recursive: true, force: true });
    await rename(join(staging, "node_modules"), join(sample, "node_modules"));
    await cp(join(sample, "package-lock.json"), stamp);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Links only dist, because a link to the whole repository would contain the sample itself. */
async function linkPackage(): Promise<void> {
  const place = join(sample, "node_modules/acs-identity");
  await rm(place, { recursive: true, force: true });
  await mkdir(place);
  await cp(join(root, "package.json"), join(place, "package.json"));
  await symlink(join(root, "dist"), join(place, "dist"), "junction");
}
