/** Why a data file can't be used. The file is left as it is. */
export type DataFileProblem = "damaged" | "inUse" | "otherResource" | "notAccessible";

/** A data file can't be used. The message names the file and what to do. */
export class DataFileError extends Error {
  override readonly name = "DataFileError";
  readonly problem: DataFileProblem;
  readonly file: string;

  constructor(problem: DataFileProblem, file: string, message: string, options?: ErrorOptions) {
    super(`${file}: ${message}`, options);
    this.problem = problem;
    this.file = file;
  }
}
