import type * as promises from "node:fs/promises";
import { dirname } from "node:path";

/** The file system functions that storage needs. Tests pass ones that fail or stop at a chosen step. */
export type Files = Pick<typeof promises, "open" | "realpath" | "rename" | "rm" | "stat">;

const linesAtOnce = 1000;

/**
 * A file of JSON lines. A line is on disk once the method that writes it resolves. If it rejects, none of its lines is,
 * unless the journal is unclean: then nothing can be appended before the file is replaced.
 */
export class Journal {
  readonly #files: Files;
  readonly #path: string;
  #file: promises.FileHandle | undefined;
  /** How many bytes are written and synced. Anything after them is cut off. */
  #length: number;
  #isUnclean = false;
  /** Whether a power failure would bring back a file that has been replaced. */
  #isRenameStale = false;

  constructor(files: Files, path: string, length: number) {
    this.#files = files;
    this.#path = path;
    this.#length = length;
  }

  /** Whether the file may hold what was refused: lines that can't be cut off, or a replacement that can't be found out about. */
  get isUnclean(): boolean {
    return this.#isUnclean;
  }

  async append(lines: readonly object[]): Promise<void> {
    this.#file ??= await this.#files.open(this.#path, "a");
    const file = this.#file;
    if (this.#isRenameStale) await this.#syncRename();
    // A crash may have left an incomplete line.
    await file.truncate(this.#length);
    try {
      const length = await writeLines(file, lines);
      await file.datasync();
      this.#length += length;
    } catch (error) {
      // Otherwise the next start would find the lines that fit.
      await file
        .truncate(this.#length)
        .then(() => file.datasync())
        .catch(() => {
          this.#isUnclean = true;
        });
      throw error;
    }
  }

  /** Replaces the file as a whole: after a crash, it holds either its earlier lines or these. */
  async replace(lines: readonly object[]): Promise<void> {
    const temporary = `${this.#path}.new`;
    await this.#files.rm(temporary, { force: true });
    const file = await this.#files.open(temporary, "ax", 0o600);
    let folder: promises.FileHandle | undefined;
    try {
      const length = await writeLines(file, lines);
      await file.sync();
      // Windows can neither rename nor replace an open file.
      await file.close();
      await this.close();
      if (!isWindows()) folder = await this.#openFolder();
      await this.#rename(temporary);
      this.#length = length;
    } catch (error) {
      await file.close().catch(() => {});
      await folder?.close().catch(() => {});
      await this.#files.rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    this.#isUnclean = false;
    this.#isRenameStale = true;
    // The file has been replaced. If only that a power failure doesn't undo it fails, the next change tries it again.
    await this.#syncRename(folder).catch(() => {});
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #rename(temporary: string): Promise<void> {
    try {
      await this.#files.rename(temporary, this.#path);
    } catch (error) {
      // A network file system may report an error for what it did.
      const isDone = await this.#files.stat(temporary).then(
        () => false,
        ({ code }: NodeJS.ErrnoException) => {
          if (code !== "ENOENT") this.#isUnclean = true;
          return code === "ENOENT";
        },
      );
      if (!isDone) throw error;
    }
  }

  #openFolder(): Promise<promises.FileHandle> {
    return this.#files.open(dirname(this.#path), "r");
  }

  /**
   * Makes a rename survive a power failure. Windows can't open a folder. There, the name of a file is on disk once the file
   * is flushed in its new place, for which it must be open for writing.
   */
  async #syncRename(folder?: promises.FileHandle): Promise<void> {
    const renamed = folder ?? (await (isWindows() ? this.#files.open(this.#path, "r+") : this.#openFolder()));
    await renamed.sync().finally(() => renamed.close());
    this.#isRenameStale = false;
  }
}

function isWindows(): boolean {
  return process.platform === "win32";
}

/** Writes the lines and returns their length in bytes. @throws Error if not all of them were written. */
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
