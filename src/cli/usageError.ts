/** A command line or environment variable can't be used. The message says which and why, and contains no secrets. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
