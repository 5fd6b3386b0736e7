/** A failure that the caller is told of, as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  /** For programs. */
  readonly code: string;
  readonly retryAfterInSeconds: number | undefined;

  /** @param detail - What the caller can do about it. It is sent as it stands, so it holds nothing of ours. */
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

/** Something that only the people who run the service can fix. The caller gets a 500, the log an alarm. */
export class ConfigurationFault extends Error {
  override readonly name = "ConfigurationFault";
  /** For an alert rule: `credential` or `request`. */
  readonly alarm: string;

  constructor(alarm: string, message: string, cause: unknown) {
    super(message, { cause });
    this.alarm = alarm;
  }
}
