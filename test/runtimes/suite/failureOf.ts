import { assert } from "chai";

/** The members of an error that callers look at. */
export interface SeenError {
  readonly name: string;
  readonly message: string;
  readonly code: unknown;
  readonly statusCode: unknown;
  readonly error: unknown;
}

/** The error that a call rejects with; a call that resolves fails the case. */
export async function failureOf(call: () => Promise<unknown>): Promise<SeenError> {
  const error: unknown = await call().then(
    () => assert.fail("resolves where it should reject"),
    (reason) => reason,
  );
  assert(error instanceof Error, `rejects with ${String(error)}, which is no Error`);
  const { name, message, code, statusCode } = error as Error & Partial<SeenError>;
  return { name, message, code, statusCode, error };
}
