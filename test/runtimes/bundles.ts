// Turns the runners into what each runtime takes, in a project that has the tarball installed.
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

/** A runner with the suite, the package left to the runtime's own resolution. */
export async function bundleRunner(
  entry: string,
  folder: string,
  format: "esm" | "cjs" = "esm",
): Promise<string> {
  const outfile = join(folder, entry.replace(/\.ts$/, format === "esm" ? ".mjs" : ".cjs"));
  await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    outfile,
    format,
    bundle: true,
    platform: "neutral",
    target: "es2022",
    external: ["acs-identity", "@azure/*", "node:*"],
  });
  return outfile;
}

/** One file with the package in it, for a runtime that resolves nothing by itself. */
export async function bundleAll(runner: string, options: BuildOptions): Promise<string> {
  const outfile = runner.replace(/\.mjs$/, ".bundle.js");
  await build({ entryPoints: [runner], outfile, format: "esm", bundle: true, target: "es2022", ...options });
  return outfile;
}

/** Makes the packages of an installation those of another folder too. */
export async function shareInstallation(installed: string, folder: string): Promise<void> {
  await symlink(join(installed, "node_modules"), join(folder, "node_modules"));
}
