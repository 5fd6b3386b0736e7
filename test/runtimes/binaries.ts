import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { toolsOf } from "../package/tools.js";

/**
 * The path of a runtime's binary, which is installed first where it is not.
 *
 * @param module - Where it is among the dependencies of package.json here, such as `node-22/bin/node`.
 * @returns undefined for one that this machine can't have.
 */
export async function binaryAt(module: string): Promise<string | undefined> {
  const require = await toolsOf(new URL("./", import.meta.url));
  const path = join(dirname(require.resolve("./package.json")), "node_modules", module);
  return existsSync(path) ? path : undefined;
}
