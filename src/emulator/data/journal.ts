import type * as promises from "node:fs/promises";
import { dirname } from "node:path";
import type { StateEvent } from "../../testing/state/events.js";

/** What the storage needs of the file system. Tests pass one that fails or stops at a chosen step. */
export type Files = Pick<typeof promises, "open" | "realpath" | "rename" | "rm" | "stat">;

const linesAtOnce = 1000;

/**
 * A file of JSON lines that grows by one line per event. Events that come while others are being written wait
 * and are then written and synced together, so that many requests share one sync. Those whose write failed are
 * written again by the next `flush`, before what has come since.
 */
export class Journal {
  readonly #files: Files;
  readonly #path: string;
  /** The lines that make the state as it is. */
  readonly #wholeState: () => readonly object[];
  #file: promises.FileHandle | undefined;
  /** Bytes that are written and synced. What follows them is cut off. */
  #length: number;
  #pending: StateEvent[] = [];
  #current: Promise<void> = Promise.resolve();
  /** The write that will take what is pending. */
  #next: Promise<void> | undefined;

  constructor(files: Files, path: string, wholeState: () => readonly object[], length: number) {
    this.#files = files;
    this.#path = path;
    this.#wholeState = wholeState;
    this.#length = length;
  }

  add(event: StateEvent): void {
    this.#pending.push(event);
  }

  /** Resolves when every event that was added is on the disk. Rejects when it can't be written. */
  flush(): Promise<void> {
    if (this.#pending.length > 0) this.#next ??= this.#current.catch(() => {}).then(() => this.#write());
    return this.#next ?? this.#current;
  }

  async close(): Promise<void> {
    await this.flush().finally(() => this.#file?.close());
  }

  /** Replaces the file by one that holds just the state as it is now, all or nothing. */
  async rewrite(): Promise<void> {
    const lines = this.#wholeState();
    const temporary = `${this.#path}.new`;
    await this.#files.rm(temporary, { force: true });
    const file = await this.#files.open(temporary, "ax", 0o600);
    try {
      const length = await writeLines(file, lines);
      await file.sync();
      // Windows renames no open file, and onto none.
      await file.close();
      const previous = this.#file;
      this.#file = undefined;
      await previous?.close();
      await this.#files.rename(temporary, this.#path);
      this.#length = length;
    } catch (error) {
      await file.close().catch(() => {});
      await this.#files.rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    // Windows opens no folder, and its renames last without.
    if (process.platform === "win32") return;
    const folder = await this.#files.open(dirname(this.#path), "r");
    await folder.sync().finally(() => folder.close());
  }

  async #write(): Promise<void> {
    [this.#current, this.#next] = [this.#next ?? this.#current, undefined];
    const events = this.#pending;
    this.#pending = [];
    // A crash must not part what a reset or a restore removes from what it brings.
    const isReset = events.some(({ type }) => type === "stateReset");
    try {
      await (isReset ? this.rewrite() : this.#append(events));
    } catch (error) {
      this.#pending = events.concat(this.#pending);
      throw error;
    }
  }

  async #append(events: readonly object[]): Promise<void> {
    this.#file ??= await this.#files.open(this.#path, "a");
    // A write that failed, or that a crash cut off, may have left a part of itself.
    await this.#file.truncate(this.#length);
    const length = await writeLines(this.#file, events);
    await this.#file.datasync();
    this.#length += length;
  }
}

/** Returns how many bytes the lines have. @throws Error when not all of them were written. */
async function writeLines(file: promises.FileHandle, lines: readonly object[]): Promise<number> {
  let length = 0;
  for (let start = 0; start < lines.length; start += linesAtOnce) {
    const texts = lines.slice(start, start + linesAtOnce).map((line) => `${JSON.stringify(line)}\n`);
    const bytes = Buffer.from(texts.join(""));
    // Goes on after a short write, as a nearly full disk has them, and meets the error that follows it.
    await file.appendFile(bytes);
    length += bytes.length;
  }
  return length;
}
