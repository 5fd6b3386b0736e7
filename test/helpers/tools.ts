import { cp, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "./command.js";
import { makeOnce } from "./makeOnce.js";

/** A copy of the lockfile that the packages were installed from, which is the last to be written. */
const stamp = "node_modules/.installed-lock.json";

/**
 * Returns a `require` for a test folder with its own package.json and lockfile, which pin tools that are too heavy
 * for everyone's `npm ci`. Installs them first if they are missing or come from another lockfile.
 *
 * @param folder - The URL of the folder, with a trailing slash.
 */
export async function requireTools(folder: URL): Promise<NodeJS.Require> {
  const path = fileURLToPath(folder);
  await makeOnce(
    path,
    () => isInstalled(path),
    async () => {
      await npm(["ci"], path);
      await cp(join(path, "package-lock.json"), join(path, stamp));
    },
  );
  return createRequire(new URL("package.json", folder));
}

async function isInstalled(path: string): Promise<boolean> {
  const installed = await readFile(join(path, stamp), "utf8").catch(() => undefined);
  return installed === (await readFile(join(path, "package-lock.json"), "utf8"));
}
