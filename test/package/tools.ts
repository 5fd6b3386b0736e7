import { cp, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "./command.js";

/** Beside the packages: the lockfile that they were installed from. */
const stamp = "node_modules/.installed-lock.json";

/**
 * Resolves modules of a test folder that has a package.json and a lockfile of its own, and installs them first if they
 * are not there or from another lockfile: tools that are too heavy for everyone's `npm ci`.
 *
 * @param folder - The URL of the folder, with a slash at the end.
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

/** Beside it first, so that node_modules is whole when it is there. */
async function install(path: string): Promise<void> {
  const staging = await mkdtemp(join(path, "node_modules.unfinished-"));
  try {
    for (const name of ["package.json", "package-lock.json"]) await cp(join(path, name), join(staging, name));
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
