/** A failure that the caller receives as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  /** Tells programs what went wrong, such as `no-scope`. */
  readonly code: string;
  readonly retryAfterInSeconds: number | undefined;

  /** @param detail - What the caller can do about it. It is sent as is, so it must not contain internals. */
  constructor(
    status: number,
    code: string,
    detail: string,
    options: ErrorOptions & { readonly retryAfterInSeconds?: number } = {},
  ) {
    super(detail, options);
    this.status = status;
    this.code = code;
    this.retryAfterInSeconds = options.retryAfterInSeconds;
  }
}

/** What the caller can do again later. */
export function tryLater(code: string, detail: string, retryAfterInSeconds = 5, cause?: unknown): Problem {
  return new Problem(503, code, detail, { retryAfterInSeconds, cause });
}

/** A fault that only the operators can fix. The caller gets a 500, and the log an alarm. */
export class ConfigurationFault extends Error {
  override readonly name = "ConfigurationFault";
  /** For an alert rule: `credential`, `request` or `user`. */
  readonly alarm: string;

  constructor(alarm: string, message: string, cause: unknown) {
    super(message, { cause });
    this.alarm = alarm;
  }
}
