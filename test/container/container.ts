// Runs programs of an image as a container engine would: with its root, user and environment, as the first process of a
// PID namespace, and with a folder of the machine as the volume. It uses the machine's network.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { run } from "../helpers/command.js";
import type { ImageConfig } from "./image.js";

export interface Container {
  /** The root of its file system. */
  readonly root: string;
  readonly config: ImageConfig;
  /** The folder that is mounted as `/data`. */
  readonly volume: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface Running {
  /** Returns the standard output and standard error so far. */
  readonly output: () => string;
  /** Resolves to the exit code, or to the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Returns the content of `/proc/<pid>/status` for the first process. */
  status(): Promise<string>;
  /** Sends a signal to the first process and waits until it has ended. */
  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

const enter = `root=$2 user=$3
mount --bind "$1" "$root/data"
mount -t proc proc "$root/proc"
shift 3
exec chroot --userspec="$user" "$root" "$@"`;

function argumentsOf(
  { root, config, volume, environment }: Container,
  command: readonly string[],
): readonly string[] {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const env = ["/usr/bin/env", "--ignore-environment", `--chdir=${config.WorkingDir}`];
  return [
    ...["--mount", "--pid", "--fork", "--kill-child"],
    ...["bash", "-ec", enter, "bash", volume, root, config.User],
    ...[...env, ...config.Env, ...variables, ...command],
  ];
}

/** Starts the image's own command, or another one. */
export function start(
  container: Container,
  command: readonly string[] = container.config.Entrypoint,
): Running {
  const child = spawn("unshare", argumentsOf(container, command), { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  return {
    output: () => output,
    ended,
    status: async () => readFile(`/proc/${await firstProcess(child)}/status`, "utf8"),
    kill: async (signal) => {
      const pid = child.exitCode === null && child.signalCode === null && (await firstProcess(child));
      if (pid) process.kill(pid, signal);
      // The first process isn't there yet, or has just ended. What `unshare` started ends with it.
      else child.kill(signal);
      return ended;
    },
  };
}

/** Runs a program next to the first process, as a health check does, and returns its exit code. */
export async function exitCodeOf(container: Container, command: readonly string[]): Promise<number> {
  const child = spawn("unshare", argumentsOf(container, command), { stdio: "ignore" });
  const [code] = await once(child, "close");
  return code;
}

/** Returns the process ID of the only child of `unshare`, or 0 if it has none. Inside the namespace it is 1. */
async function firstProcess({ pid }: ChildProcess): Promise<number> {
  return Number(await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => 0));
}

/** Creates a volume with the content and owner of the folder that it covers, as Docker does. */
export async function createVolume(root: string, path: string): Promise<void> {
  await run("cp", ["--archive", `${root}/data`, path], { cwd: "/" });
}
