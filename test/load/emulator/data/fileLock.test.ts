// What only several emulators, threads, processes or containers show of the lock.
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import { data, folder, start, startProcess, useDataFile } from "../../../helpers/emulator/dataFile.js";
import { hasLinks } from "../../../helpers/emulator/hasLinks.js";

const isWindows = process.platform === "win32";
const cli = fileURLToPath(new URL("../../../../dist/esm/cli/acsIdentityEmulator.js", import.meta.url));
const inUse = { name: "DataFileError", problem: "inUse" };

useDataFile();

const container = ["--pid", "--fork", "--net", "--uts", "--kill-child"];

function startInContainer(): ChildProcessByStdio<null, Readable, Readable> {
  const command = [process.execPath, cli, "--port", "0", "--json", "--data", data];
  const child = spawn("unshare", [...container, ...command], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

describe("the lock on a data file", () => {
  it("excludes other emulators in the same process and in another one, whatever they call the file", async () => {
    const first = await start();
    // Windows doesn't distinguish capitals in a name.
    const otherSpelling = isWindows ? data.toUpperCase() : data.replace(folder, `${folder}/.`);
    for (const name of [data, otherSpelling]) {
      await expect(startEmulator({ data: name })).rejects.toMatchObject(inUse);
    }
    const second = startProcess();
    expect(await second.ended).toBe(4);
    // Nobody can read a locked file on Windows, not even who locked it.
    expect(second.err()).toContain(isWindows ? "another emulator or program has" : `process ${process.pid}`);
    await first.close();
    const third = startProcess();
    await third.ready();
    await expect(startEmulator({ data })).rejects.toMatchObject(inUse);
    await third.kill("SIGKILL");
    await start();
  });

  it.skipIf(!hasLinks)("covers symbolic links to the file (needs symbolic links)", async () => {
    await start();
    symlinkSync(data, join(folder, "link"));
    symlinkSync(folder, join(folder, "folder"));
    for (const other of ["link", "folder/state.jsonl"]) {
      await expect(start({ data: join(folder, other) })).rejects.toMatchObject(inUse);
    }
  });

  it("excludes other copies of the module, such as import and require in one process", async () => {
    await start();
    vi.resetModules();
    const copy = await import("../../../../src/emulator/index.js");
    expect(copy.startEmulator).not.toBe(startEmulator);
    await expect(copy.startEmulator({ data })).rejects.toMatchObject(inUse);
  });

  it("excludes other threads of the process", async () => {
    await start();
    const thread = new URL("fileLockThread.ts", import.meta.url).href;
    const code = `import("tsx/esm/api").then(({ tsImport }) => tsImport("${thread}", "${thread}"))`;
    const worker = new Worker(code, { eval: true, workerData: data });
    onTestFinished(async () => void (await worker.terminate()));
    expect(await once(worker, "message")).toEqual(["inUse"]);
  });

  // A container here is a set of PID, network and UTS namespaces. Creating them needs root.
  it.skipIf(spawnSync("unshare", [...container, "true"]).status !== 0)(
    "excludes containers with the same host name and process id (needs unshare and root)",
    async () => {
      await once(startInContainer().stdout, "data");
      const second = startInContainer();
      let log = "";
      second.stderr.on("data", (chunk) => {
        log += chunk;
      });
      const [code] = await once(second, "close");
      expect(log).toContain(".lock open (process 1 on");
      expect(code).toBe(4);
    },
  );

  it("lets exactly one of three simultaneous starts succeed, three times in a row", async () => {
    for (let round = 0; round < 3; round++) {
      const results = await Promise.allSettled([1, 2, 3].map(() => startEmulator({ data })));
      const started = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      for (const emulator of started) await emulator.close();
      expect(started).toHaveLength(1);
      for (const result of results)
        if (result.status === "rejected") expect(result.reason).toMatchObject(inUse);
    }
  });
});
