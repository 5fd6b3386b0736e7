import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { encodeRecord } from "./records.js";

/** Characters that are written at once when a file is made anew. */
const PIECE = 1 << 20;
/** A file is made anew when it has grown by this and to thrice its size since the last time. Bytes. */
const LEAST_GROWTH = 64 << 20;

/**
 * A file that grows by records. Records that come while others are being written wait and are then written and
 * synced together, so that many requests share one sync.
 */
export class Journal {
  readonly #path: string;
  /** The records that make the whole state, for making the file anew. */
  readonly #wholeState: () => readonly unknown[];
  #handle: FileHandle;
  #length: number;
  #lengthWhenNew: number;
  #waiting: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  /** The write that will take what is waiting. */
  #next: Promise<void> | undefined;

  private constructor(
    path: string,
    handle: FileHandle,
    length: number,
    wholeState: () => readonly unknown[],
  ) {
    this.#path = path;
    this.#handle = handle;
    this.#length = length;
    this.#lengthWhenNew = length;
    this.#wholeState = wholeState;
  }

  /** Goes on after the first `length` bytes of a file and cuts off what is behind them. */
  static async continue(
    path: string,
    length: number,
    wholeState: () => readonly unknown[],
  ): Promise<Journal> {
    const handle = await open(path, "r+");
    await handle.truncate(length);
    return new Journal(path, handle, length, wholeState);
  }

  /** Makes the file anew: beside the old one, synced, and then in its place at once. */
  static async create(path: string, wholeState: () => readonly unknown[]): Promise<Journal> {
    const [handle, length] = await writeAnew(path, wholeState());
    return new Journal(path, handle, length, wholeState);
  }

  append(record: unknown): void {
    this.#waiting.push(encodeRecord(record));
  }

  /** Resolves when every record that was appended is on the disk. Rejects when it can't be written. */
  flush(): Promise<void> {
    if (this.#waiting.length === 0) return this.#writing;
    this.#next ??= this.#writing.then(() => this.#write());
    return this.#next;
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#handle.close();
    }
  }

  #write(): Promise<void> {
    this.#next = undefined;
    const text = this.#waiting.join("");
    this.#waiting = [];
    this.#writing = this.#isOvergrown() ? this.#makeAnew() : this.#append(text);
    return this.#writing;
  }

  async #append(text: string): Promise<void> {
    const { bytesWritten } = await this.#handle.write(text, this.#length);
    const expected = Buffer.byteLength(text);
    if (bytesWritten !== expected)
      throw new Error(`${this.#path}: ${bytesWritten} of ${expected} bytes were written`);
    await this.#handle.datasync();
    this.#length += bytesWritten;
  }

  #isOvergrown(): boolean {
    return this.#length > Math.max(this.#lengthWhenNew + LEAST_GROWTH, this.#lengthWhenNew * 3);
  }

  /** What was waiting is part of the state already. */
  async #makeAnew(): Promise<void> {
    const old = this.#handle;
    [this.#handle, this.#length] = await writeAnew(this.#path, this.#wholeState());
    this.#lengthWhenNew = this.#length;
    await old.close();
  }
}

async function writeAnew(path: string, records: readonly unknown[]): Promise<[FileHandle, number]> {
  const temporary = `${path}.new`;
  const handle = await open(temporary, "w", 0o600);
  let length = 0;
  let piece = "";
  for (const record of records) {
    piece += encodeRecord(record);
    if (piece.length < PIECE) continue;
    length += (await handle.write(piece, length)).bytesWritten;
    piece = "";
  }
  length += (await handle.write(piece, length)).bytesWritten;
  await handle.sync();
  await rename(temporary, path);
  await syncDirectory(dirname(path));
  return [handle, length];
}

/** Makes a rename last. Not every system can, and those that can't need it not. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows opens no directory.
  }
}
