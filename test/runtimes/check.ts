// The few assertions that the suite needs, since a test framework would have to run on every runtime.

export function check(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

/** Compares as JSON, keys in order. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: expected ${right}, got ${left}`);
}

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
  try {
    await call();
  } catch (error) {
    check(error instanceof Error, `rejects with ${String(error)}, which is no Error`);
    const { name, message } = error;
    return {
      name,
      message,
      code: "code" in error ? error.code : undefined,
      statusCode: "statusCode" in error ? error.statusCode : undefined,
      error,
    };
  }
  throw new Error("resolves where it should reject");
}
