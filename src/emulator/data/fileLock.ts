import { spawnSync } from "node:child_process";
import { constants, open, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { DataFileError } from "./dataFileError.js";

/** `O_EXLOCK`, which Node accepts but has no constant for. On Windows it keeps others from opening the file. */
const bsdLock = 0x20 | constants.O_NONBLOCK;
const lockFlags: Record<string, number> = { darwin: bsdLock, freebsd: bsdLock, win32: 0x10000000 };

/**
 * Locks `<path>.lock`. The operating system releases the lock when the process ends, however it ends. It identifies
 * files by their inodes, so other threads, copies of this module and containers on the machine see the lock, too. The
 * file isn't deleted, because that could leave two processes with locks on two files of the same name.
 *
 * Linux has no flag that locks, and Node has no `flock`, so the command of that name locks the file we opened.
 * @returns A function that releases the lock.
 * @throws DataFileError `inUse` when the file is already locked.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const name = `${path}.lock`;
  const inUse = (who: string) =>
    new DataFileError("inUse", path, `another emulator is using this file (${who})`);
  const lockFlag = lockFlags[process.platform];
  const { O_RDWR, O_CREAT, O_NOFOLLOW = 0 } = constants;
  const flags = O_RDWR | O_CREAT | O_NOFOLLOW | (lockFlag ?? 0);
  const file = await open(name, flags, 0o600).catch((error: NodeJS.ErrnoException) => {
    throw ["EAGAIN", "EBUSY"].includes(error.code ?? "") ? inUse("process unknown") : error;
  });
  if (lockFlag === undefined) {
    const { status } = spawnSync("flock", ["-n", "0"], { stdio: [file.fd, "ignore", "ignore"] });
    if (status !== 0) await file.close();
    if (status === 1) throw inUse(await readFile(name, "utf8"));
    if (status !== 0) throw new Error("locking it requires the command flock, of util-linux or BusyBox");
  }
  // Another emulator shows this in its error. It is optional: a full disk or the lock itself may prevent it.
  await writeFile(name, `process ${process.pid} on ${hostname()}`).catch(() => {});
  return () => file.close();
}
