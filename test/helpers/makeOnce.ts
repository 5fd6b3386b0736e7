import { createHash } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { threadId } from "node:worker_threads";

/**
 * Makes what several workers of a run need on disk: one of them makes it, and the others wait, since it would take the
 * time of all to make it several times.
 *
 * @param path - Stands for it among the processes of this machine.
 */
export async function makeOnce(
  path: string,
  exists: () => boolean | Promise<boolean>,
  make: () => Promise<void>,
): Promise<void> {
  const name = createHash("sha256").update(path).digest("hex").slice(0, 16);
  const lock = join(tmpdir(), `acs-identity-${userInfo().uid}-${name}.lock`);
  while (!(await exists())) {
    if (!(await take(lock))) {
      await delay(100);
      continue;
    }
    try {
      // By now, a faster process may have made it.
      if (!(await exists())) await make();
    } finally {
      await rm(lock, { force: true });
    }
  }
}

/** Takes a lock unless another process has it, and removes that of a process which ended without doing so. */
async function take(lock: string): Promise<boolean> {
  const own = `${lock}.${process.pid}.${threadId}`;
  await writeFile(own, String(process.pid));
  try {
    // The lock exists only with the number of its process.
    await link(own, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const owner = Number(await readFile(lock, "utf8").catch(() => process.pid));
    if (!isRunning(owner)) await rm(lock, { force: true });
    return false;
  } finally {
    await rm(own, { force: true });
  }
}

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}
