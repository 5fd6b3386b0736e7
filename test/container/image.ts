// Builds the Dockerfiles with buildah, on the base image of baseImage.ts.
import { inject } from "vitest";
import { npm } from "../helpers/command.js";
import { root } from "../helpers/packed.js";
import { buildah } from "./baseImage.js";

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
  /** Removes its file systems. */
  remove(): Promise<void>;
}

/** @param dockerfile - Its path from the root of the repository, which is the build's context. */
export async function buildImage(dockerfile: string): Promise<Image> {
  const folder = inject("images");
  if (!folder) throw new Error("There is no base image");
  const cache = (await npm(["config", "get", "cache"], root)).trim();
  await buildah(
    folder,
    "build",
    // Health checks aren't part of OCI's format.
    ...["--format", "docker", "--file", dockerfile, "--tag", "built"],
    ...["--build-arg", "NODE_IMAGE=localhost/node", "--pull=never", "--isolation", "chroot"],
    // The defaults are higher than a container that runs the tests may set.
    ...["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"],
    ...["--volume", `${cache}:/npm-cache`, "."],
  );
  const { Docker } = JSON.parse(await buildah(folder, "inspect", "--type", "image", "built")) as {
    Docker: { config: ImageConfig };
  };
  const containers: string[] = [];
  return {
    config: Docker.config,
    fileSystem: async () => {
      const container = await buildah(folder, "from", "--pull=never", "localhost/built");
      containers.push(container);
      return await buildah(folder, "mount", container);
    },
    remove: async () => {
      for (const container of containers) await buildah(folder, "rm", container);
    },
  };
}
