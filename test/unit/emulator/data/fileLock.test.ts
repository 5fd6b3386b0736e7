// `test/load/emulator/data/fileLock.test.ts` has what other threads, processes and containers see of the lock.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { lockFile } from "../../../../src/emulator/data/fileLock.js";
import { InstantTimer } from "../../../helpers/emulator/instantTimer.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";
import { holdFile } from "./holdFile.js";

const isWindows = process.platform === "win32";
const patienceInMs = 1000;

let data: string;
beforeEach(() => {
  data = join(temporaryFolder(), "state.jsonl");
});

/** Locks the data file until the test ends. The lock waits for as long as it does for real, but in no time. */
async function lock(timer = new InstantTimer()): Promise<() => Promise<void>> {
  const unlock = await lockFile(data, patienceInMs, timer);
  onTestFinished(unlock);
  return unlock;
}

describe("lockFile", () => {
  it("refuses a file that is locked, once its patience has ended, and names the process that has the lock", async () => {
    await lock();
    const timer = new InstantTimer();
    // Nobody can read a locked file on Windows, not even who locked it.
    const holder = isWindows ? "" : ` (process ${process.pid} on ${hostname()})`;
    await expect(lock(timer)).rejects.toMatchObject({
      name: "DataFileError",
      problem: "inUse",
      file: data,
      message: `${data}: another emulator or program has ${data}.lock open${holder}`,
    });
    expect(timer.now()).toBeGreaterThanOrEqual(patienceInMs);
  });

  it.runIf(process.platform === "linux")("leaves no file open after it was refused", async () => {
    await lock();
    await expect(lock()).rejects.toThrow("open");
    const inode = (path: string) => statSync(path, { throwIfNoEntry: false })?.ino;
    const opened = readdirSync("/proc/self/fd").map((fd) => inode(`/proc/self/fd/${fd}`));
    expect(opened.filter((each) => each === inode(`${data}.lock`))).toHaveLength(1);
  });

  it("waits for a lock that is released in time", async () => {
    const unlock = await lock();
    const timer = new InstantTimer();
    const { pause } = timer;
    const pauses: number[] = [];
    await lock(
      Object.assign(timer, {
        pause: async (time: number) => {
          await pause(time);
          if (pauses.push(time) === 3) await unlock();
        },
      }),
    );
    expect(pauses).toHaveLength(3);
  });

  it("takes a lock that an ended process left, whatever its file says", async () => {
    writeFileSync(`${data}.lock`, `process ${process.pid} on a-host-with-a-long-name.example`);
    const unlock = await lock();
    await unlock();
    expect(readFileSync(`${data}.lock`, "utf8")).toBe(`process ${process.pid} on ${hostname()}`);
  });

  it.skipIf(isWindows)(
    "shows nothing of the file but a process (nobody can read a locked file on Windows)",
    async () => {
      await lock();
      writeFileSync(`${data}.lock`, "a secret");
      await expect(lock()).rejects.toThrow(/\.lock open$/);
    },
  );

  it("reports another error at once", async () => {
    const timer = new InstantTimer();
    data = join(data, "missing", "state.jsonl");
    await expect(lock(timer)).rejects.toMatchObject({ code: "ENOENT" });
    expect(timer.now()).toBe(0);
  });
});

// Other systems lock a file that another process has open.
it.runIf(isWindows)(
  "on Windows, a lock file that another program has open keeps emulators out, and nothing is said of a process",
  async () => {
    const unlock = await lock();
    await unlock();
    const release = await holdFile(`${data}.lock`, "r");
    await expect(lock()).rejects.toMatchObject({
      problem: "inUse",
      message: expect.stringMatching(/: another emulator or program has .*\.lock open$/),
    });
    await release();
    await lock();
  },
);
