/** The command was used in a wrong way. The message says what and why, and holds no secret. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
