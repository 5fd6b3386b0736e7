/**
 * Why a data file can't be used: `damaged`, a line isn't a record of this emulator; `inUse`, another emulator has it;
 * `otherResource`, its users are of another `resourceId`; `notAccessible`, the file system refused, and `cause` says
 * why. The file is left as it is.
 */
export type DataFileProblem = "damaged" | "inUse" | "otherResource" | "notAccessible";

/** A data file can't be used. The message names the file and what to do. */
export class DataFileError extends Error {
  /** Tells it from other errors where `instanceof` can't. */
  override readonly name = "DataFileError";
  /** For programs, what the message says for people. */
  readonly problem: DataFileProblem;
  /** The absolute path. */
  readonly file: string;

  /** Made by the emulator; `options.cause` is the file system's error. */
  constructor(problem: DataFileProblem, file: string, message: string, options?: ErrorOptions) {
    super(`${file}: ${message}`, options);
    this.problem = problem;
    this.file = file;
  }
}
