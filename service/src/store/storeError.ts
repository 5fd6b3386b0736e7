/** The database failed or can't be reached. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  /** PostgreSQL's, such as `23505` for a duplicate. */
  readonly code: unknown;

  constructor(cause: unknown, code?: string) {
    super(`The database failed: ${reasonOf(cause)}`, { cause });
    this.code = cause instanceof Error && "code" in cause ? cause.code : code;
  }
}

/** A refused connection to a host with several addresses has a reason for each of them. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join("; ");
  return cause instanceof Error ? cause.message : String(cause);
}

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof StoreError && error.code === "23505";
}
