// The package as users get it: packed once, and installed once for all tests that only read the installation.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "./command.js";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));
/** Outside of the repository, where a dependency that is not declared would be found above. */
const cache = join(tmpdir(), `acs-identity-tests-${userInfo().uid}`);

/** A folder of its own, for a test that writes; the caller removes it. */
export function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `acs-identity-${name}-`));
}

/** Packs what was built into a folder and gives the path of the tarball. */
export async function pack(source: string, destination: string): Promise<string> {
  if (!existsSync(join(source, "dist/esm/index.js"))) throw new Error("Nothing is built: npm run build");
  const output = await npm(["pack", "--json", "--pack-destination", destination], source);
  const [packed] = JSON.parse(output) as { filename: string }[];
  if (!packed) throw new Error(`npm pack said ${output}`);
  return join(destination, packed.filename);
}

export interface Installation {
  readonly folder: string;
  readonly tarball: string;
}

/**
 * A folder in which the tarball is installed, beside other packages. The same for the same tarball and packages, kept
 * over runs, so nothing may be written there but generated files with names of their own.
 *
 * @param template - A folder whose package.json and package-lock.json pin those packages. Default: none.
 * @param alias - Installs the tarball under this name, in the place of the package of that name.
 */
export async function installation(template?: string, alias = "acs-identity"): Promise<Installation> {
  const staging = await temporaryFolder("pack");
  try {
    const tarball = await pack(root, staging);
    const hash = createHash("sha256")
      .update(alias)
      .update(await readFile(tarball));
    if (template) hash.update(await readFile(join(template, "package-lock.json")));
    const folder = join(cache, hash.digest("hex").slice(0, 16));
    if (!existsSync(folder)) await install(tarball, alias, template, folder);
    return { folder, tarball: join(folder, "acs-identity.tgz") };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const day = 24 * 60 * 60 * 1000;

/** Each build leaves an installation behind. */
async function removeOldInstallations(): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > day) await rm(path, { recursive: true, force: true });
  }
}

/** Under another name first, so that a folder that is there is whole. */
async function install(
  tarball: string,
  alias: string,
  template: string | undefined,
  folder: string,
): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  await removeOldInstallations();
  await cp(tarball, join(unfinished, "acs-identity.tgz"));
  if (template) {
    for (const name of ["package.json", "package-lock.json"]) {
      await cp(join(template, name), join(unfinished, name));
    }
    await npm(["ci"], unfinished);
  } else {
    await writeFile(join(unfinished, "package.json"), JSON.stringify({ name: "empty", private: true }));
  }
  await npm(["install", `${alias}@file:acs-identity.tgz`], unfinished);
  await rename(unfinished, folder).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    // Another process was faster.
    if (!existsSync(folder)) throw error;
  });
}
