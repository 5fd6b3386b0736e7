import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import { temporaryFolder } from "../../helpers/temporaryFolder.js";
import { ask, makeUser } from "../../testing/ask.js";

const cli = fileURLToPath(new URL("../../../dist/esm/cli/acsIdentityEmulator.js", import.meta.url));

async function start(data: string): Promise<Emulator> {
  const emulator = await startEmulator({ data });
  onTestFinished(() => emulator.close());
  return emulator;
}

const container = ["--pid", "--fork", "--net", "--uts", "--kill-child"];

function startInContainer(data: string): ChildProcessByStdio<null, Readable, Readable> {
  const command = [process.execPath, cli, "--port", "0", "--json", "--data", data];
  const child = spawn("unshare", [...container, ...command], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

function succeeds(file: string, args: readonly string[]): boolean {
  try {
    execFileSync(file, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** On Windows making a symbolic link takes a privilege, and Wine shows none to programs. */
const hasLinks = canLink();

function canLink(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-link-"));
  try {
    symlinkSync(join(folder, "target"), join(folder, "link"));
    return lstatSync(join(folder, "link")).isSymbolicLink();
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const inUse = { name: "DataFileError", problem: "inUse" };

it.skipIf(process.platform === "win32")(
  "a data file that others can read is closed for them, and the log says so (Windows has no modes)",
  async () => {
    const data = join(temporaryFolder(), "state.jsonl");
    await (await startEmulator({ data })).close();
    const message = `${data}: other users could read or write this file. Now only its owner can`;
    for (const mode of [0o604, 0o640]) {
      chmodSync(data, mode);
      const onLog = vi.fn();
      await (await startEmulator({ data, onLog })).close();
      expect(statSync(data).mode & 0o777).toBe(0o600);
      expect(onLog.mock.calls).toEqual([expect.anything(), [{ level: "warn", message }]]);
    }
    const other = join(temporaryFolder(), "package.json");
    writeFileSync(other, "{}\n", { mode: 0o644 });
    await expect(startEmulator({ data: other })).rejects.toMatchObject({ name: "DataFileError" });
    expect(statSync(other).mode & 0o777).toBe(0o644);
  },
);

describe("the lock on a data file", () => {
  it.skipIf(!hasLinks)("covers symbolic links to the file (needs symbolic links)", async () => {
    const folder = temporaryFolder();
    const data = join(folder, "state.jsonl");
    await start(data);
    symlinkSync(data, join(folder, "link"));
    symlinkSync(folder, join(folder, "folder"));
    await expect(start(join(folder, "link"))).rejects.toMatchObject(inUse);
    await expect(start(join(folder, "folder", "state.jsonl"))).rejects.toMatchObject(inUse);
  });

  it("excludes other copies of the module, such as import and require in one process", async () => {
    const data = join(temporaryFolder(), "state.jsonl");
    await start(data);
    vi.resetModules();
    const copy = await import("../../../src/emulator/index.js");
    expect(copy.startEmulator).not.toBe(startEmulator);
    await expect(copy.startEmulator({ data })).rejects.toMatchObject(inUse);
  });

  it("excludes other threads of the process", async () => {
    const data = join(temporaryFolder(), "state.jsonl");
    await start(data);
    const thread = new URL("dataFileThread.ts", import.meta.url).href;
    const code = `import("tsx/esm/api").then(({ tsImport }) => tsImport("${thread}", "${thread}"))`;
    const worker = new Worker(code, { eval: true, workerData: data });
    onTestFinished(async () => void (await worker.terminate()));
    const [message] = await once(worker, "message");
    expect(message).toBe("inUse");
  });

  // A container here is a set of PID, network and UTS namespaces. Creating them needs root.
  it.skipIf(!succeeds("unshare", [...container, "true"]))(
    "excludes containers with the same host name and process id (needs unshare and root)",
    async () => {
      const data = join(temporaryFolder(), "state.jsonl");
      const first = startInContainer(data);
      await once(first.stdout, "data");
      const second = startInContainer(data);
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
    const data = join(temporaryFolder(), "state.jsonl");
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

describe("a data file", () => {
  it.skipIf(!hasLinks)(
    "can be reached through a symbolic link, which is kept (needs symbolic links)",
    async () => {
      const folder = temporaryFolder();
      const [data, link] = [join(folder, "state.jsonl"), join(folder, "link")];
      writeFileSync(data, "");
      symlinkSync(data, link);
      const { service, close } = await start(link);
      const user = await makeUser(service);
      service.reset();
      const kept = await makeUser(service);
      await close();
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
      expect(readFileSync(data, "utf8")).toContain(kept);
      expect(readFileSync(data, "utf8")).not.toContain(user);
    },
  );

  it.skipIf(!hasLinks)(
    "can't be a device, FIFO, folder or dangling link, and leaves them unchanged (needs symbolic links)",
    async () => {
      const folder = temporaryFolder();
      const path = (name: string) => join(folder, name);
      mkdirSync(path("folder"));
      symlinkSync(path("nothing"), path("link"));
      symlinkSync("/dev/null", path("device"));
      if (process.platform !== "win32") execFileSync("mkfifo", [path("fifo")]);
      for (const name of ["folder", "link", "device", "fifo"]) {
        const before = lstatSync(path(name), { throwIfNoEntry: false });
        await expect(start(path(name))).rejects.toMatchObject({ problem: "notAccessible" });
        const after = lstatSync(path(name), { throwIfNoEntry: false });
        expect(after?.mode).toBe(before?.mode);
        expect(after?.ino).toBe(before?.ino);
      }
      expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
    },
  );

  it("can't have a hard link, which would keep the old content when the file is replaced", async () => {
    const folder = temporaryFolder();
    const data = join(folder, "state.jsonl");
    await (await start(data)).close();
    linkSync(data, join(folder, "other"));
    await expect(start(data)).rejects.toThrow("has more than one name");
  });
});

it.skipIf(!hasLinks)(
  "startEmulator neither follows nor keeps a file planted at the data file's temporary path (needs symbolic links)",
  async () => {
    const folder = temporaryFolder();
    const data = join(folder, "state.jsonl");
    const victim = join(folder, "victim");
    writeFileSync(victim, "precious");
    symlinkSync(victim, `${data}.new`);
    await (await start(data)).close();
    expect(readFileSync(victim, "utf8")).toBe("precious");
    writeFileSync(`${data}.new`, "", { mode: 0o644 });
    const { service } = await start(data);
    service.reset();
    await makeUser(service);
    expect(lstatSync(data).isSymbolicLink()).toBe(false);
    expect(statSync(data).mode & 0o777).toBe(0o600);
  },
);

it("an emulator on a data file with the highest number that can be read refuses what needs a higher one, and restarts", async () => {
  const data = join(temporaryFolder(), "state.jsonl");
  const first = await start(data);
  await makeUser(first.service);
  await first.close();
  writeFileSync(data, readFileSync(data, "utf8").replace('"user":1', `"user":${Number.MAX_SAFE_INTEGER}`));
  for (let round = 0; round < 2; round++) {
    const { service, url, close } = await start(data);
    const response = await fetch(`${url}/_emulator/users`, { method: "POST" });
    expect([response.status, await response.json()]).toMatchObject([500, { error: { code: "NotSaved" } }]);
    const reply = await ask(service, { method: "POST", target: "/identities?api-version=2023-10-01" });
    expect(reply.status).toBe(500);
    expect(reply.headers.get("x-ms-emulator-diagnosis")).toContain("there is no higher number");
    service.reset();
    await close();
  }
});

it("startEmulator rejects a data file with a 64 MiB line", async () => {
  const data = join(temporaryFolder(), "state.jsonl");
  await (await start(data)).close();
  const head = readFileSync(data);
  writeFileSync(data, Buffer.concat([head, Buffer.alloc(64 << 20, "x"), Buffer.from("\n")]));
  await expect(start(data)).rejects.toMatchObject({ problem: "damaged" });
});
