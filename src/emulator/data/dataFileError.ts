/**
 * Why a data file can't be used. `damaged`: a line isn't a record of this emulator. `inUse`: another emulator has it
 * open. `otherResource`: its users belong to another `resourceId`. `notAccessible`: it can't be read, written or
 * locked, and `cause` says why. The file is left unchanged.
 */
export type DataFileProblem = "damaged" | "inUse" | "otherResource" | "notAccessible";

/**
 * Thrown if a data file can't be used. The message names the file and the reason.
 *
 * @example
 * ```ts
 * await startEmulator({ data: "users.jsonl" }).catch((error: unknown) => {
 *   if (error instanceof DataFileError && error.problem === "inUse") return undefined;
 *   throw error;
 * });
 * ```
 */
export class DataFileError extends Error {
  /** Identifies this error where `instanceof` can't. */
  override readonly name = "DataFileError";
  /** The reason, for programs. */
  readonly problem: DataFileProblem;
  /** The absolute path of the file. */
  readonly file: string;

  /** Called by the emulator. `options.cause` is the original error. */
  constructor(
    problem: DataFileProblem,
    file: string,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${file}: ${message}`, options);
    this.problem = problem;
    this.file = file;
  }
}
