import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { requireTools } from "../helpers/tools.js";

/** The path of each runtime's binary, among the packages that package.json here installs. */
export const binaries = {
  "Node 20": "node-20/bin/node",
  "Node 22": "node-22/bin/node",
  "Node 24": "node-24/bin/node",
  "Node 26": "node-26/bin/node",
  Bun: "@oven/bun-linux-x64/bin/bun",
  Deno: "@deno/linux-x64-glibc/deno",
} as const;

/**
 * Finds a runtime's binary, and installs it first if it isn't there.
 *
 * @param module - Its path among the installed packages, such as `node-22/bin/node`.
 * @returns its path, or undefined if this machine can't have it.
 */
export async function binaryAt(module: string): Promise<string | undefined> {
  const require = await requireTools(new URL("./", import.meta.url));
  const path = join(dirname(require.resolve("./package.json")), "node_modules", module);
  return existsSync(path) ? path : undefined;
}
