import { existsSync } from "node:fs";
import { cp, mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "./command.js";

/**
 * Resolves modules of a test folder that has a package.json and a lockfile of its own, and installs them first if they
 * are not there: tools that are too heavy for everyone's `npm ci`.
 *
 * @param folder - The URL of the folder, with a slash at the end.
 */
export async function toolsOf(folder: URL): Promise<NodeJS.Require> {
  const path = fileURLToPath(folder);
  if (!existsSync(join(path, "node_modules"))) await install(path);
  return createRequire(new URL("package.json", folder));
}

/** Beside it first, so that node_modules is there when it is whole. */
async function install(path: string): Promise<void> {
  const staging = await mkdtemp(join(path, "node_modules.unfinished-"));
  try {
    for (const name of ["package.json", "package-lock.json"]) await cp(join(path, name), join(staging, name));
    await npm(["ci"], staging);
    await rename(join(staging, "node_modules"), join(path, "node_modules")).catch((error: unknown) => {
      // Another process was faster.
      if (!existsSync(join(path, "node_modules"))) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
