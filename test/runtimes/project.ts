// What every runtime of one run shares: a project with the tarball installed, and the service in its own process.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { installation, temporaryFolder } from "../package/packed.js";
import { bundleRunner, shareInstallation } from "./bundles.js";

export interface Project {
  /** Where the runners are bundled to. */
  readonly folder: string;
  readonly connectionString: string;
  close(): Promise<void>;
}

export async function openProject(): Promise<Project> {
  const folder = await temporaryFolder("runtimes");
  await shareInstallation((await installation()).folder, folder);
  const service = await startService(await bundleRunner("service.ts", folder));
  return {
    folder,
    connectionString: service.connectionString,
    async close() {
      service.process.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startService(file: string): Promise<{ process: ChildProcess; connectionString: string }> {
  const service = spawn(process.execPath, [file], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: service.stdout });
  const [line] = (await Promise.race([once(lines, "line"), once(service, "exit")])) as [unknown];
  if (typeof line !== "string") throw new Error(`The service of the suite ended with code ${String(line)}`);
  return { process: service, connectionString: line };
}
