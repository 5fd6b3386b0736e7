// The base image of both Dockerfiles, made once of Debian's packages and the Node that runs the tests, because an image
// registry can't be reached from everywhere.
import { chmod, cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import type { TestProject } from "vitest/node";
import { npm, run } from "../helpers/command.js";
import { root } from "../helpers/packed.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder with buildah's storage, which has the image `localhost/node`, or undefined if it can't be built. */
    readonly images: string | undefined;
  }
}

/** Returns why this machine can't build the image, or undefined if it can. */
export async function whyNoImage(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs root on Linux";
  for (const program of ["buildah", "mmdebstrap"]) {
    const found = await run(program, ["--version"], { cwd: root }).catch(() => undefined);
    if (found === undefined) return `needs ${program}`;
  }
  const mayMount = await run("unshare", ["--mount", "true"], { cwd: root }).catch(() => undefined);
  return mayMount === undefined ? "needs a root that may mount" : undefined;
}

export async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (await whyNoImage()) {
    provide("images", undefined);
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), "acs-identity-images-"));
  // The images' users must be able to enter it.
  await chmod(folder, 0o755);
  await buildBaseImage(folder);
  provide("images", folder);
  return () => rm(folder, { recursive: true, force: true });
}

/** For installing and building two packages, in milliseconds: on a busy machine more than the limit of a test. */
export const buildTimeLimit = 600_000;

/** Runs buildah on the storage in a folder, and returns what it prints. */
export async function buildah(folder: string, ...args: readonly string[]): Promise<string> {
  const storage = ["--root", join(folder, "storage"), "--runroot", join(folder, "run")];
  const options = { cwd: root, env: { TMPDIR: folder }, timeout: buildTimeLimit };
  return (await run("buildah", [...storage, ...args], options)).trim();
}

/** Stands in for `node:24-trixie-slim`: Debian with apt, Node and npm below /usr/local, and the user `node`. */
async function buildBaseImage(folder: string): Promise<void> {
  const container = await buildah(folder, "from", "scratch");
  const image = await buildah(folder, "mount", container);
  const slim = ["doc", "locale", "man"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  await run(
    "mmdebstrap",
    [
      ...["--quiet", "--variant=essential", "--include=apt,libstdc++6,ca-certificates,passwd"],
      ...['--aptopt=Acquire::Languages "none"', ...slim, "--format=directory"],
      ...["trixie", image, "http://deb.debian.org/debian"],
    ],
    { cwd: folder },
  );
  await run("chroot", [image, "useradd", "--uid", "1000", "--create-home", "node"], { cwd: folder });
  await cp(process.execPath, join(image, "usr/local/bin/node"));
  const npmFolder = join((await npm(["root", "--global"], root)).trim(), "npm");
  await cp(npmFolder, join(image, "usr/local/lib/node_modules/npm"), { recursive: true });
  await symlink("../lib/node_modules/npm/bin/npm-cli.js", join(image, "usr/local/bin/npm"));
  // npm doesn't fetch again what is in this machine's cache, and trusts what npm on this machine does.
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  const trusted = [...rootCertificates, extra ? await readFile(extra, "utf8") : ""];
  await writeFile(join(image, "certificates.pem"), trusted.join("\n"));
  const settings = [
    "npm_config_cache=/npm-cache",
    "npm_config_prefer_offline=true",
    "npm_config_cafile=/certificates.pem",
  ];
  await buildah(folder, "config", ...settings.flatMap((setting) => ["--env", setting]), container);
  await buildah(folder, "commit", "--quiet", "--rm", container, "localhost/node");
}
