// The package as users get it: packed and installed. All tests that only read the installation share it.
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "./command.js";
import { makeOnce } from "./makeOnce.js";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));
/** The folder is outside the repository, where an undeclared dependency would resolve to the root's node_modules. */
const cache = join(tmpdir(), `acs-identity-tests-${userInfo().uid}`);

/** Creates a new folder for a test that writes files. The caller must remove it. */
export function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `acs-identity-${name}-`));
}

/** Packs a built package into a folder and returns the path of the tarball. Throws if nothing is built. */
export async function pack(source: string, destination: string): Promise<string> {
  if (!existsSync(join(source, "dist/esm/index.js"))) throw new Error("Nothing is built: npm run build");
  const output = await npm(["pack", "--json", "--pack-destination", destination], source);
  const [tarball] = JSON.parse(output) as { filename: string }[];
  if (!tarball) throw new Error(`npm pack said ${output}`);
  return join(destination, tarball.filename);
}

/** Returns the path of the tarball of this package as it is now, which is packed once. */
export async function packed(): Promise<string> {
  const files = ["", "dist", "docs", "refresher", "testing", "token-endpoint"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: folder === "dist", withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const contents = await Promise.all(files.map(async (path) => [path, await readFile(path)]));
  const folder = await cached(contents.flat(), async (path) => void (await pack(root, path)));
  const [name = ""] = await readdir(folder);
  return join(folder, name);
}

export interface Installation {
  readonly folder: string;
  readonly tarball: string;
}

/**
 * Returns a folder in which the tarball is installed next to other packages. The same tarball and packages share one
 * folder across runs, so tests may only add generated files with unique names to it.
 *
 * @param template - A folder whose package.json and package-lock.json pin those packages. Default: none.
 * @param alias - Name under which to install the tarball, replacing the package of that name.
 */
export async function installation(template?: string, alias = "acs-identity"): Promise<Installation> {
  const tarball = await packed();
  const others = template ? [await readFile(join(template, "package-lock.json"))] : [];
  const folder = await cached([alias, await readFile(tarball), ...others], async (path) => {
    if (template)
      await cp(await installTemplate(template), path, { recursive: true, verbatimSymlinks: true });
    else await writeFile(join(path, "package.json"), JSON.stringify({ name: "empty", private: true }));
    await cp(tarball, join(path, "acs-identity.tgz"));
    await npm(["install", `${alias}@file:acs-identity.tgz`], path);
  });
  return { folder, tarball: join(folder, "acs-identity.tgz") };
}

/** Returns a folder with the packages of a template. To copy it takes less time than to install it for each tarball. */
async function installTemplate(template: string): Promise<string> {
  const names = ["package.json", "package-lock.json"];
  return cached(await Promise.all(names.map((name) => readFile(join(template, name)))), async (path) => {
    for (const name of names) await cp(join(template, name), join(path, name));
    await npm(["ci"], path);
  });
}

/** Returns the folder of the cache that was made from these contents. */
async function cached(
  contents: readonly (string | Buffer)[],
  make: (path: string) => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256");
  for (const each of contents) hash.update(each);
  const folder = join(cache, hash.digest("hex").slice(0, 16));
  const isMade = () => existsSync(folder);
  await makeOnce(folder, isMade, async () => {
    // The folder gets its name last, so that it is complete whenever it exists.
    const unfinished = `${folder}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    await removeOldInstallations();
    await make(unfinished);
    await rename(unfinished, folder);
  });
  return folder;
}

const day = 24 * 60 * 60 * 1000;

/** Removes installations older than a day, since each build leaves one behind. */
async function removeOldInstallations(): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    // A folder may be renamed by another worker in the meantime.
    const { mtimeMs = Date.now() } = (await stat(path).catch(() => undefined)) ?? {};
    if (Date.now() - mtimeMs > day) await rm(path, { recursive: true, force: true });
  }
}
