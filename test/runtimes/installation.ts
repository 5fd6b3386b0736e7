import { rmSync } from "node:fs";
import { cp, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { run } from "../helpers/command.js";
import { pack, root, temporaryFolder } from "../helpers/packed.js";
import { requireTools } from "../helpers/tools.js";

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
    "test/unit/refresher/cases",
    "test/helpers/refresher",
    "test/helpers/vectors",
  ]) {
    await cp(join(root, part), join(folder, part), { recursive: true });
  }
  await requireTools(new URL("../helpers/communicationCommon/", import.meta.url));
  for (const [name, path] of [
    ["@azure/communication-common", "test/helpers/communicationCommon/node_modules/newest"],
    ["chai", "test/runtimes/node_modules/chai"],
    ["vitest", "node_modules/vitest"],
  ] as const) {
    await symlink(join(root, path), join(folder, "node_modules", name), "junction");
  }
  const require = createRequire(join(folder, "package.json"));
  return { folder, core: require("@azure/core-rest-pipeline/package.json").version };
}
