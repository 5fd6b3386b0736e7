import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { bundleAll, bundleRunner } from "../bundles.js";
import type { Project } from "../project.js";
import type { CaseResult } from "../suite.js";

/** No flag makes it a bit of Node; its fetch may go to this machine alone. */
function configuration(script: string): string {
  return `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "suite", worker = (
      modules = [(name = "worker", esModule = embed "${script}")],
      compatibilityDate = "2026-06-01",
      globalOutbound = "loopback",
    )),
    (name = "loopback", network = (allow = ["local"])),
  ],
  sockets = [(name = "suite", address = "127.0.0.1:0", http = (), service = "suite")],
);`;
}

export async function runInWorkerd(
  { folder, connectionString }: Project,
  binary: string,
): Promise<CaseResult[]> {
  const runner = await bundleRunner("worker.ts", folder);
  const conditions = ["workerd", "worker", "browser"];
  const script = await bundleAll(runner, { conditions, mainFields: ["browser", "module", "main"] });
  const config = join(folder, "workerd.capnp");
  await writeFile(config, configuration(basename(script)));
  // It says on its fourth stream which port it took.
  const workerd = spawn(binary, ["serve", config, "--control-fd=3"], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  try {
    const events = createInterface({ input: workerd.stdio[3] as Readable });
    const [line] = (await Promise.race([once(events, "line"), once(workerd, "exit")])) as [unknown];
    if (typeof line !== "string") throw new Error(`workerd ended with code ${String(line)}`);
    const { port } = JSON.parse(line) as { port: number };
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: connectionString });
    const text = await response.text();
    if (!response.ok) throw new Error(`workerd answered ${response.status}: ${text}`);
    return JSON.parse(text) as CaseResult[];
  } finally {
    workerd.kill();
  }
}
