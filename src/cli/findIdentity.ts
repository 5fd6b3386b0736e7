import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Returns the manifest of `@azure/identity`, which isn't a dependency, if it is installed beside this package or else
 * beside the nearest package.json. Node's own search would go through every parent folder, and others may write to one.
 */
export function findIdentity(packageFolder: string, workingFolder: string): string | undefined {
  return [...besidePackage(packageFolder), ...besideManifest(workingFolder)]
    .map((folder) => join(folder, "@azure", "identity", "package.json"))
    .find((manifest) => existsSync(manifest));
}

function besidePackage(folder: string): string[] {
  const parent = dirname(folder);
  return [join(folder, "node_modules"), ...(basename(parent) === "node_modules" ? [parent] : [])];
}

/** Returns the `node_modules` beside the nearest package.json at or above a folder, if there is one. */
function besideManifest(folder: string): string[] {
  if (existsSync(join(folder, "package.json"))) return [join(folder, "node_modules")];
  const parent = dirname(folder);
  return parent === folder ? [] : besideManifest(parent);
}
