/** A command line or environment variable can't be used. The message says which and why, and contains no secrets. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** Which mistake it is, if the doctor has a remedy for it. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}
