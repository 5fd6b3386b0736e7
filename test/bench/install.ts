// Both packages as npm installs them on this Node, with the core packages that are for it.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("./", import.meta.url));
const root = join(here, "../..");

export interface Installed {
  /** A project that has the package and the programs of the bench. */
  readonly folder: string;
  readonly name: string;
  /** On disk, with dependencies. */
  readonly megabytes: number;
  readonly packages: number;
}

function npm(cwd: string, ...args: readonly string[]): string {
  return execFileSync("npm", args, { cwd, encoding: "utf8" });
}

function readJson(...path: readonly string[]): Record<string, object> {
  return JSON.parse(fs.readFileSync(join(...path), "utf8"));
}

/** In folders that go away with this process. */
export function installBoth(): { readonly ours: Installed; readonly official: Installed } {
  const folder = fs.mkdtempSync(join(tmpdir(), "acs-identity-bench-"));
  process.once("exit", () => fs.rmSync(folder, { recursive: true }));
  const [packed] = JSON.parse(npm(root, "pack", "--json", "--ignore-scripts", "--pack-destination", folder));
  const name = "@azure/communication-identity";
  const { version } = readJson(root, "node_modules", name, "package.json");
  return {
    ours: install(join(folder, "ours"), "acs-identity", join(folder, packed.filename)),
    official: install(join(folder, "official"), name, `${name}@${version}`),
  };
}

function install(folder: string, name: string, spec: string): Installed {
  fs.mkdirSync(folder);
  fs.writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  npm(folder, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", spec);
  const modules = join(folder, "node_modules");
  const { packages = {} } = readJson(modules, ".package-lock.json");
  const files = fs.readdirSync(modules, { recursive: true, encoding: "utf8" });
  // As `du` counts: a small file takes a block.
  const blocks = files.reduce((sum, file) => sum + fs.statSync(join(modules, file)).blocks, 0);
  for (const tool of ["tinybench", "undici"])
    fs.symlinkSync(join(root, "node_modules", tool), join(modules, tool));
  for (const file of ["worker.ts", "values.ts"]) fs.copyFileSync(join(here, file), join(folder, file));
  fs.writeFileSync(join(folder, "client.js"), `export { CommunicationIdentityClient } from "${name}";`);
  return { folder, name, megabytes: (blocks * 512) / 1e6, packages: Object.keys(packages).length };
}
