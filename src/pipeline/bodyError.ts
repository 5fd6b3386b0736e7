/** Why a body could not be read. Not retried, unless the code is that of a lost connection. */
export class BodyError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Of an answer that is over its bound in bytes. */
export function tooLarge(limit: number): BodyError {
  return new BodyError("RESPONSE_TOO_LARGE", `it has more than ${limit} bytes`);
}
