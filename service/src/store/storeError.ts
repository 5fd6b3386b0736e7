/** The database failed or can't be reached. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  /** PostgreSQL's code, such as `23505` for a duplicate. */
  readonly code: unknown;

  constructor(cause: unknown, code?: string) {
    super(`The database failed: ${messageFrom(cause)}`, { cause });
    this.code = cause instanceof Error && "code" in cause ? cause.code : code;
  }
}

/** Returns the message of an error. A refused connection to a host with several addresses has an error for each of them. */
function messageFrom(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(messageFrom).join("; ");
  return cause instanceof Error ? cause.message : String(cause);
}

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof StoreError && error.code === "23505";
}
