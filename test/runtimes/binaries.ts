import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { toolsOf } from "../package/tools.js";

/** Where each runtime's binary is, among what package.json here installs. */
export const binaries = {
  "Node 20": "node-20/bin/node",
  "Node 22": "node-22/bin/node",
  "Node 24": "node-24/bin/node",
  "Node 26": "node-26/bin/node",
  Bun: "@oven/bun-linux-x64/bin/bun",
  Deno: "@deno/linux-x64-glibc/deno",
} as const;

/**
 * The path of a runtime's binary, which is installed first if it isn't there.
 *
 * @param module - Its path among the installed packages, such as `node-22/bin/node`.
 * @returns undefined for one that this machine can't have.
 */
export async function binaryAt(module: string): Promise<string | undefined> {
  const require = await toolsOf(new URL("./", import.meta.url));
  const path = join(dirname(require.resolve("./package.json")), "node_modules", module);
  return existsSync(path) ? path : undefined;
}
