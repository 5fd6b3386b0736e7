import type * as promises from "node:fs/promises";
import { dirname } from "node:path";
import type { StateEvent } from "../../testing/state/events.js";

/** The file system functions that storage needs. Tests pass ones that fail or stop at a chosen step. */
export type Files = Pick<typeof promises, "open" | "realpath" | "rename" | "rm" | "stat">;

const linesAtOnce = 1000;

/**
 * A file of JSON lines that grows by one line per event. Events that arrive during a write are queued and then
 * written and synced together, so that many requests share one sync. After a failed write, the next `flush` writes
 * its events again, before newer ones.
 */
export class Journal {
  readonly #files: Files;
  readonly #path: string;
  /** Returns the lines that rebuild the current state. */
  readonly #wholeState: () => readonly object[];
  #file: promises.FileHandle | undefined;
  /** How many bytes are written and synced. Anything after them is cut off. */
  #length: number;
  #pending: StateEvent[] = [];
  #current: Promise<void> = Promise.resolve();
  /** The write that will include the pending events. */
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

  /** Resolves when every added event is on disk. Rejects when one can't be written. */
  flush(): Promise<void> {
    if (this.#pending.length > 0) this.#next ??= this.#current.catch(() => {}).then(() => this.#write());
    return this.#next ?? this.#current;
  }

  async close(): Promise<void> {
    await this.flush().finally(() => this.#file?.close());
  }

  /** Atomically replaces the file with one that holds only the current state. */
  async rewrite(): Promise<void> {
    const lines = this.#wholeState();
    const temporary = `${this.#path}.new`;
    await this.#files.rm(temporary, { force: true });
    const file = await this.#files.open(temporary, "ax", 0o600);
    try {
      const length = await writeLines(file, lines);
      await file.sync();
      // Windows can neither rename nor replace an open file.
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
    // Windows can't open a folder, and its renames are durable without a sync.
    if (process.platform === "win32") return;
    const folder = await this.#files.open(dirname(this.#path), "r");
    await folder.sync().finally(() => folder.close());
  }

  async #write(): Promise<void> {
    [this.#current, this.#next] = [this.#next ?? this.#current, undefined];
    const events = this.#pending;
    this.#pending = [];
    // After a crash, the file must contain all of a reset or restore, or nothing of it.
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
    // A write that failed or was interrupted by a crash may have left an incomplete line.
    await this.#file.truncate(this.#length);
    const length = await writeLines(this.#file, events);
    await this.#file.datasync();
    this.#length += length;
  }
}

/** Writes the lines and returns their length in bytes. @throws Error when not all of them were written. */
async function writeLines(file: promises.FileHandle, lines: readonly object[]): Promise<number> {
  let length = 0;
  for (let start = 0; start < lines.length; start += linesAtOnce) {
    const texts = lines.slice(start, start + linesAtOnce).map((line) => `${JSON.stringify(line)}\n`);
    const bytes = Buffer.from(texts.join(""));
    // `appendFile` continues after a short write, such as on a nearly full disk, and so throws the error that follows.
    await file.appendFile(bytes);
    length += bytes.length;
  }
  return length;
}
