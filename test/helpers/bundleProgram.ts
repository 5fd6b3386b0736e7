import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Bundles a program of this repository, without the packages that it uses, and returns the path of the result. Node
 * starts it four times as fast as the TypeScript with tsx.
 *
 * @param path - Relative to the root. The result is as deep as a file of `test`, so that it finds the root as before.
 */
export async function bundleProgram(path: string): Promise<string> {
  const outfile = join(root, "test-results", path.replace(/^test\//, "").replace(/ts$/, "mjs"));
  await build({
    entryPoints: [join(root, path)],
    outfile,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "silent",
  });
  return outfile;
}
