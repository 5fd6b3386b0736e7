import { constants } from "node:fs";
import type * as promises from "node:fs/promises";
import { dirname } from "node:path";

/** The file system functions that storage needs. Tests pass ones that fail or stop at a chosen step. */
export type Files = Pick<typeof promises, "open" | "realpath" | "rename" | "rm" | "stat" | "truncate">;

const linesAtOnce = 1000;

/** Opens a file for appending and, unlike the flag `a`, creates none. */
const forAppending = constants.O_WRONLY | constants.O_APPEND;

/**
 * A file of JSON lines. A line is on disk once the method that writes it resolves. If it rejects, none of its lines is,
 * unless the journal is unclean: then the file must be replaced before anything is appended.
 */
export class Journal {
  readonly #files: Files;
  readonly #path: string;
  #file: promises.FileHandle | undefined;
  /** How many bytes are written and synced. */
  #length: number;
  #isUnclean = false;

  constructor(files: Files, path: string, length: number) {
    this.#files = files;
    this.#path = path;
    this.#length = length;
  }

  /** Whether the file may hold what was refused, or lack what was saved. */
  get isUnclean(): boolean {
    return this.#isUnclean;
  }

  /** @returns Whether the file holds all lines. Otherwise, another program deleted or changed it, and it is unclean. */
  async append(lines: readonly object[]): Promise<boolean> {
    try {
      this.#file ??= await this.#files.open(this.#path, forAppending);
      const length = this.#length + (await writeLines(this.#file, lines));
      const [size] = await Promise.all([this.#size(), this.#file.datasync()]);
      this.#isUnclean = size !== undefined && size !== length;
      if (!this.#isUnclean) this.#length = length;
    } catch (error) {
      // The file or its folder was deleted.
      this.#isUnclean = (error as NodeJS.ErrnoException).code === "ENOENT";
      if (!this.#isUnclean) {
        // The next start must not find those of the lines that fit.
        await this.cut();
        throw error;
      }
    }
    return !this.#isUnclean;
  }

  /** Returns the size in bytes, 0 if the file doesn't exist, and undefined if the system doesn't say. */
  async #size(): Promise<number | undefined> {
    return this.#files.stat(this.#path).then(
      ({ size }) => size,
      ({ code }: NodeJS.ErrnoException) => (code === "ENOENT" ? 0 : undefined),
    );
  }

  /** Removes what follows the saved lines. If that fails, the journal is unclean. */
  async cut(): Promise<void> {
    try {
      // A file that has become shorter would be filled with zeros.
      if (Number(await this.#size()) < this.#length) throw new Error("It isn't the file that was written");
      // Windows can't cut a file through a handle that appends.
      await this.#files.truncate(this.#path, this.#length);
      await this.#file?.datasync();
    } catch {
      this.#isUnclean = true;
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
      if (process.platform !== "win32") folder = await this.#files.open(dirname(this.#path), "r");
      await this.#rename(temporary);
      this.#length = length;
      // Until the new name is on disk, a power failure would bring back the file that has been replaced.
      this.#isUnclean = true;
      await this.#syncRename(folder);
    } catch (error) {
      await file.close().catch(() => {});
      await folder?.close().catch(() => {});
      await this.#files.rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    this.#isUnclean = false;
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

  /**
   * Makes a rename survive a power failure. Windows can't open a folder. There, the name of a file is on disk once the file
   * is flushed in its new place, for which it must be open for writing.
   */
  async #syncRename(folder: promises.FileHandle | undefined): Promise<void> {
    const renamed = folder ?? (await this.#files.open(this.#path, "r+"));
    await renamed.sync().finally(() => renamed.close());
  }
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
