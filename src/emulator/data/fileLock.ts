import { spawnSync } from "node:child_process";
import { constants, type FileHandle, open, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { DataFileError } from "./dataFileError.js";
import { machineTimer, retryWhileBusy, type Timer } from "./retryWhileBusy.js";

/** `O_EXLOCK`, which Node accepts but has no constant for. On Windows it keeps others from opening the file. */
const bsdLock = 0x20 | constants.O_NONBLOCK;
const lockFlags: Record<string, number> = { darwin: bsdLock, freebsd: bsdLock, win32: 0x10000000 };

/**
 * Locks `<path>.lock`, and tries again for a while if it is locked. The operating system releases the lock
 * when the process ends, however it ends. It identifies files by their inodes, so other threads, copies of this module
 * and containers on the machine see the lock, too. The file isn't deleted, because that could leave two processes with
 * locks on two files of the same name.
 *
 * Linux has no flag that locks, and Node has no `flock`, so the command of that name locks the file we opened.
 * @returns A function that releases the lock.
 * @throws DataFileError `inUse` if the file stays locked.
 */
export async function lockFile(
  path: string,
  patienceInMs: number,
  timer: Timer = machineTimer,
): Promise<() => Promise<void>> {
  const name = `${path}.lock`;
  const file = await retryWhileBusy(() => openLocked(name), patienceInMs, timer, busyCodes).catch(
    async (error: NodeJS.ErrnoException) => {
      throw busyCodes.includes(error.code ?? "") ? await inUse(path, name) : error;
    },
  );
  // Another emulator shows this in its error. It is optional: a full disk may prevent it.
  await file
    .truncate()
    .then(() => file.write(`process ${process.pid} on ${hostname()}`, 0))
    .catch(() => {});
  return () => file.close();
}

const busyCodes = ["EAGAIN", "EBUSY"];

/** @throws Error with one of the busy codes if another program has the file locked. */
async function openLocked(name: string): Promise<FileHandle> {
  const lockFlag = lockFlags[process.platform];
  const { O_RDWR, O_CREAT, O_NOFOLLOW = 0 } = constants;
  const file = await open(name, O_RDWR | O_CREAT | O_NOFOLLOW | (lockFlag ?? 0), 0o600);
  if (lockFlag !== undefined) return file;
  const { status } = spawnSync("flock", ["-n", "0"], { stdio: [file.fd, "ignore", "ignore"] });
  if (status === 0) return file;
  await file.close();
  if (status === 1) throw Object.assign(new Error("it is locked"), { code: "EAGAIN" });
  throw new Error("locking it requires the command flock, of util-linux or BusyBox");
}

/**
 * Names the process that has the lock. On Windows, nobody can read a locked file: if it can be read, another program has it
 * open, and it names an emulator that has ended.
 */
async function inUse(path: string, name: string): Promise<DataFileError> {
  const holder = process.platform === "win32" ? "" : await readFile(name, "utf8").catch(() => "");
  const who = /^process \d+ on \S+$/.test(holder) ? ` (${holder})` : "";
  return new DataFileError("inUse", path, `another emulator or program has ${name} open${who}`);
}
