import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./command.js";
import { root } from "./packed.js";

/** Builds the package unless the build is newer than everything that it is made of. */
export async function setup(): Promise<void> {
  const sources = ["src", "tools/build"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const changed = Math.max(...["package.json", "tsconfig.json", ...sources].map(changedAt));
  if (changedAt("dist/commonjs/index.d.ts") < changed) await npm(["run", "--silent", "build"], root);
}

/** Returns when a file was written, in milliseconds since 1970, or 0 if it doesn't exist. */
function changedAt(name: string): number {
  return statSync(join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
