// Builds the Dockerfile with buildah. The base image comes from Debian's packages and the Node that runs the tests,
// because an image registry can't be reached from everywhere.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { npm, run } from "../package/command.js";
import { root } from "../package/packed.js";

/** The image's configuration from the Dockerfile, in Docker's format. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly ExposedPorts: Readonly<Record<string, object>>;
  readonly Volumes: Readonly<Record<string, object>>;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

export interface Image {
  readonly config: ImageConfig;
  /** Creates a file system from the image, as for a container, and returns the path of its root. */
  fileSystem(): Promise<string>;
  remove(): Promise<void>;
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

/** @param dockerfile - Its path from the root of the repository, which is the build's context. */
export async function buildImage(dockerfile = "container/Dockerfile"): Promise<Image> {
  const folder = await mkdtemp(join(tmpdir(), "acs-identity-image-"));
  // The image's user must be able to enter it.
  await chmod(folder, 0o755);
  const buildah = async (...args: readonly string[]) => {
    const storage = ["--root", join(folder, "storage"), "--runroot", join(folder, "run")];
    const env = { TMPDIR: folder };
    return (await run("buildah", [...storage, ...args], { cwd: root, env })).trim();
  };
  await baseImage(folder, buildah);
  const cache = (await npm(["config", "get", "cache"], root)).trim();
  await buildah(
    "build",
    // Health checks aren't part of OCI's format.
    ...["--format", "docker", "--file", dockerfile, "--tag", "built"],
    ...["--build-arg", "NODE_IMAGE=localhost/node", "--pull=never", "--isolation", "chroot"],
    // The defaults are higher than a container that runs the tests may set.
    ...["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"],
    ...["--volume", `${cache}:/npm-cache`, "."],
  );
  const { Docker } = JSON.parse(await buildah("inspect", "--type", "image", "built")) as {
    Docker: { config: ImageConfig };
  };
  const containers: string[] = [];
  return {
    config: Docker.config,
    fileSystem: async () => {
      const container = await buildah("from", "--pull=never", "localhost/built");
      containers.push(container);
      return await buildah("mount", container);
    },
    remove: async () => {
      for (const container of containers) await buildah("rm", container);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Stands in for `node:24-trixie-slim`: Debian, Node and npm below /usr/local, and the user `node`. */
async function baseImage(
  folder: string,
  buildah: (...args: readonly string[]) => Promise<string>,
): Promise<void> {
  const npmFolder = join((await npm(["root", "--global"], root)).trim(), "npm");
  const hooks = [
    'chroot "$1" useradd --uid 1000 --create-home node',
    `cp '${process.execPath}' "$1/usr/local/bin/node"`,
    `mkdir -p "$1/usr/local/lib/node_modules" && cp -r '${npmFolder}' "$1/usr/local/lib/node_modules/npm"`,
    'ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"',
  ];
  const tarball = join(folder, "debian.tar");
  await run(
    "mmdebstrap",
    [
      ...["--quiet", "--variant=essential", "--include=libstdc++6,ca-certificates,passwd"],
      ...hooks.map((hook) => `--customize-hook=${hook}`),
      ...["trixie", tarball, "http://deb.debian.org/debian"],
    ],
    { cwd: dirname(tarball) },
  );
  const container = await buildah("from", "scratch");
  await buildah("add", "--quiet", container, tarball, "/");
  // `npm cit` has filled the cache, so npm doesn't fetch those packages again.
  const settings = ["npm_config_cache=/npm-cache", "npm_config_prefer_offline=true"];
  await buildah("config", ...settings.flatMap((setting) => ["--env", setting]), container);
  await buildah("commit", "--quiet", "--rm", container, "localhost/node");
  await rm(tarball);
}
