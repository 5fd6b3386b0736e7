import { rmSync } from "node:fs";
import { cp, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { run } from "../helpers/command.js";
import { pack, root, temporaryFolder } from "../helpers/packed.js";

/** A project with the tarball installed and the suite beside it. */
export interface Installation {
  readonly folder: string;
  /** The version of Azure Core that npm chose. */
  readonly core: string;
}

/** @param node - The path of the Node that npm runs on: npm chooses versions of Azure Core that support it. */
export async function install(node: string): Promise<Installation> {
  const folder = await temporaryFolder("runtimes");
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  const PATH = `${dirname(node)}${delimiter}${process.env.PATH}`;
  await run("npm", ["install", "--ignore-scripts", await pack(root, folder)], { cwd: folder, env: { PATH } });
  for (const part of [
    "test/runtimes/suite",
    "test/unit/refresher",
    "test/helpers/vectors",
    "samples/tokenRoute.ts",
  ]) {
    await cp(join(root, part), join(folder, part), { recursive: true });
  }
  for (const [home, name] of [
    ["test/runtimes", "chai"],
    ["", "communication-common-2.5"],
    ["", "vitest"],
  ] as const) {
    const path = join("node_modules", name);
    await symlink(join(root, home, path), join(folder, path), "junction");
  }
  const require = createRequire(join(folder, "package.json"));
  return { folder, core: require("@azure/core-rest-pipeline/package.json").version };
}
