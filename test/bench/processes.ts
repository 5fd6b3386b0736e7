import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Measurement, Scenario } from "./worker.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Below the package, so that it finds itself by its name; plain JavaScript, so that no loader is measured along. */
const folder = `${root}test-results/bench`;

/** Two cores: one for what is measured, one for the server. Without `taskset` or a second core, neither is pinned. */
export const canPin: boolean =
  availableParallelism() > 1 && spawnSync("taskset", ["-c", "0", "true"]).status === 0;

export async function bundlePrograms(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ["test/bench/worker.ts", "test/bench/server.ts"],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    tsconfigRaw: {},
    logLevel: "warning",
  });
}

/** The command that runs node, pinned to a core where that is possible. */
export function nodeCommand(core: 0 | 1, args: readonly string[]): [string, string[]] {
  return canPin
    ? ["taskset", ["-c", String(core), process.execPath, ...args]]
    : [process.execPath, [...args]];
}

export interface RunningServer {
  readonly port: number;
  stop(): void;
}

export async function startServer(tls?: { cert: string; key: string }): Promise<RunningServer> {
  const child = start(1, [`${folder}/server.mjs`, ...(tls ? [tls.cert, tls.key] : [])]);
  return { port: (await messageOf(child)) as number, stop: () => child.disconnect() };
}

export interface Worker {
  measure(): Promise<Measurement>;
  stop(): void;
}

export async function startWorker(scenario: Scenario): Promise<Worker> {
  const flags =
    scenario.also === "heap" ? ["--expose-gc", "--min-semi-space-size=128", "--max-semi-space-size=128"] : [];
  const child = start(0, [...flags, `${folder}/worker.mjs`, JSON.stringify(scenario)]);
  await messageOf(child);
  return {
    async measure() {
      child.send("measure");
      return (await messageOf(child)) as Measurement;
    },
    stop: () => child.disconnect(),
  };
}

function start(core: 0 | 1, args: readonly string[]): ChildProcess {
  const [command, all] = nodeCommand(core, args);
  return spawn(command, all, { cwd: root, stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const [message] = await Promise.race([
    once(child, "message", { signal: ended.signal }),
    once(child, "exit", { signal: ended.signal }).then(([code]) => {
      throw new Error(`A process of the bench ended with ${code}.`);
    }),
  ]);
  ended.abort();
  return message;
}
