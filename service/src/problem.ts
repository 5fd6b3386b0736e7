/**
 * Every code of a problem, with its status. openapi.yaml explains them. Node and Fastify decide which status a request gets that
 * can't be read.
 */
export const problemCodes = {
  "bad-request": [400, 408, 413, 431],
  "no-teams-token": [400],
  "teams-token-refused": [400],
  "not-signed-in": [401],
  "sign-in-refused": [401],
  "no-scope": [403],
  "no-teams": [403],
  "no-object-id": [403],
  offboarded: [403],
  "teams-token-of-another": [403],
  "teams-not-permitted": [403],
  "not-found": [404],
  "method-not-allowed": [405],
  "too-many-calls": [429],
  internal: [500],
  busy: [503],
  "creation-in-progress": [503],
  "sign-in-unavailable": [503],
  "unknown-key": [503],
  starting: [503],
  stopping: [503],
  unavailable: [503],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type ProblemCode = keyof typeof problemCodes;

/** What only the operators can fix. The runbook explains each of them. */
export const alarms = ["database", "credential", "request", "user"] as const;

export type Alarm = (typeof alarms)[number];

/** A failure that the caller receives as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  /** Tells programs what went wrong, such as `no-scope`. */
  readonly code: ProblemCode;
  readonly retryAfterInSeconds: number | undefined;

  /** @param detail - What the caller can do about it. It is sent as is, so it must not contain internals. */
  constructor(
    code: ProblemCode,
    detail: string,
    options: ErrorOptions & { readonly status?: number; readonly retryAfterInSeconds?: number } = {},
  ) {
    super(detail, options);
    this.status = options.status ?? problemCodes[code][0];
    this.code = code;
    this.retryAfterInSeconds = options.retryAfterInSeconds;
  }
}

/** The caller gets no token until an operator undoes their offboarding. */
export class OffboardedProblem extends Problem {
  constructor() {
    super("offboarded", "You were offboarded, so you get no token here. Ask your administrator.");
  }
}

/** Returns the problem of something that the caller can do again later. */
export function tryLater(
  code: ProblemCode,
  detail: string,
  retryAfterInSeconds = 5,
  cause?: unknown,
): Problem {
  return new Problem(code, detail, { retryAfterInSeconds, cause });
}

/**
 * The service, its database or the resource has more to do than it can. A deletion that is refused has had no effect. Of
 * other requests, a first attempt that failed may have had one, if the second is refused.
 */
export class Overload extends Problem {
  /** What is at its limit: `event loop`, `database`, or the operation of ACS. */
  readonly what: string;

  constructor(what: string, retryAfterInSeconds: number) {
    super("busy", "The service is at its limit. Try again later.", { retryAfterInSeconds });
    this.what = what;
  }
}

/** A fault that only the operators can fix. The caller gets a 500, and the log an alarm. */
export class ConfigurationFault extends Error {
  override readonly name = "ConfigurationFault";
  /** For an alert rule. */
  readonly alarm: Alarm;

  constructor(alarm: Alarm, message: string, cause: unknown) {
    super(message, { cause });
    this.alarm = alarm;
  }
}
