import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "./command.js";

/** A copy of the lockfile that the packages were installed from, kept next to them. */
const stamp = "node_modules/.installed-lock.json";

/**
 * Returns a `require` for a test folder with its own package.json and lockfile, which pin tools that are too heavy
 * for everyone's `npm ci`. Installs them first if they are missing or come from another lockfile.
 *
 * @param folder - The URL of the folder, with a trailing slash.
 */
export async function toolsOf(folder: URL): Promise<NodeJS.Require> {
  const path = fileURLToPath(folder);
  if (!(await isInstalled(path))) await install(path);
  return createRequire(new URL("package.json", folder));
}

async function isInstalled(path: string): Promise<boolean> {
  const installed = await readFile(join(path, stamp), "utf8").catch(() => undefined);
  return installed === (await readFile(join(path, "package-lock.json"), "utf8"));
}

/** Installs into a staging folder first, so that node_modules is complete whenever it exists. */
async function install(path: string): Promise<void> {
  const staging = await mkdtemp(join(path, "node_modules.unfinished-"));
  try {
    for (const name of ["package.json", "package-lock.json", ".npmrc"])
      if (existsSync(join(path, name))) await cp(join(path, name), join(staging, name));
    await npm(["ci"], staging);
    await cp(join(staging, "package-lock.json"), join(staging, stamp));
    // Another process may have been faster.
    if (await isInstalled(path)) return;
    await rm(join(path, "node_modules"), { recursive: true, force: true });
    await rename(join(staging, "node_modules"), join(path, "node_modules")).catch(async (error: unknown) => {
      if (!(await isInstalled(path))) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
