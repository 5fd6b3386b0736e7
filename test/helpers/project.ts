// A user's project: the tarball installed next to official packages, and room for the files that a test generates.
import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installation, temporaryFolder } from "./packed.js";

export interface UserProject {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Pins the official packages that the package is compared with and used alongside. */
const beside = fileURLToPath(new URL("./beside", import.meta.url));

/**
 * Creates a new folder that uses the packages of the shared installation.
 *
 * @param alias - The name under which the package is installed.
 */
export async function userProject(name: string, alias?: string): Promise<UserProject> {
  const installed = await installation(beside, alias);
  const folder = await temporaryFolder(name);
  await symlink(join(installed.folder, "node_modules"), join(folder, "node_modules"), "junction");
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
