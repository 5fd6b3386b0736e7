import { readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { DataFileError } from "./dataFileError.js";

/** How often a lock shows that its owner is alive, and how old it may get on another machine. Milliseconds. */
const HEARTBEAT = 5_000;
const STALE_AFTER = 30_000;
/** Longer than it takes two starting emulators to take over the same stale lock. */
const SETTLE = 100;

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly id: string;
}

/** Names the process that has a data file in a file beside it, so that a second one refuses. */
export class FileLock {
  readonly #path: string;
  readonly #id: string;
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(path: string, id: string) {
    this.#path = path;
    this.#id = id;
    const beat = () => void utimes(path, new Date(), new Date()).catch(() => {});
    this.#heartbeat = setInterval(beat, HEARTBEAT).unref();
  }

  /** @throws DataFileError `inUse` when a living process has the file. */
  static async acquire(file: string): Promise<FileLock> {
    const path = `${file}.lock`;
    const mine: Owner = { pid: process.pid, host: hostname(), id: crypto.randomUUID() };
    try {
      await writeFile(path, JSON.stringify(mine), { flag: "wx", mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      await takeOver(file, path, mine);
    }
    owned.add(mine.id);
    return new FileLock(path, mine.id);
  }

  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    owned.delete(this.#id);
    await rm(this.#path, { force: true });
  }
}

/** Ids of locks that this process took: a lock with its process id that is not among them is left from a crash. */
const owned = new Set<string>();

async function takeOver(file: string, path: string, mine: Owner): Promise<void> {
  const owner = (await readOwner(path)) ?? (await settledOwner(path));
  if (owner && (await isAlive(owner, path))) throw inUse(file, path, owner);
  const temporary = `${path}.${mine.id}`;
  await writeFile(temporary, JSON.stringify(mine), { mode: 0o600 });
  await rename(temporary, path);
  // Of two that take over at once, the one whose name stays has it.
  const winner = await settledOwner(path);
  if (winner?.id !== mine.id) throw inUse(file, path, winner);
}

async function settledOwner(path: string): Promise<Owner | undefined> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE));
  return readOwner(path);
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, host, id }: Owner, path: string): Promise<boolean> {
  if (host !== hostname()) return Date.now() - (await stat(path)).mtimeMs < STALE_AFTER;
  if (pid === process.pid) return owned.has(id);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function inUse(file: string, path: string, owner: Owner | undefined): DataFileError {
  const who = owner ? `process ${owner.pid} on ${owner.host}` : "another process";
  return new DataFileError("inUse", file, `${who} has this file. If that is no emulator, delete ${path}`);
}
