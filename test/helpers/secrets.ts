import { inspect } from "node:util";
import { expect } from "vitest";

/** Returns everything that a logger or a console may print for a value: message, stack, causes, inspection, JSON. */
export function printEveryWay(value: unknown): string {
  const prints = [inspect(value, { depth: Infinity, showHidden: true }), safeJson(value), String(value)];
  if (value instanceof Error) {
    prints.push(value.message, value.stack ?? "", printEveryWay(value.cause));
    prints.push(inspect(Object.getOwnPropertyDescriptors(value), { depth: 8, showHidden: true }));
  }
  return prints.join("\n");
}

export function expectNoSecret(value: unknown, ...secrets: readonly string[]): void {
  const prints = printEveryWay(value);
  for (const secret of secrets) {
    expect(prints.includes(secret), `a print holds ${JSON.stringify(secret)}: ${prints.slice(0, 500)}`).toBe(
      false,
    );
  }
}

/** Returns the error that a call rejects with. Fails if the call resolves or throws synchronously. */
export async function rejectionOf(call: () => Promise<unknown>): Promise<Error> {
  const promise = call();
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!("error" in outcome)) return expect.fail(`resolved to ${inspect(outcome.value)}`);
  expect(outcome.error).toBeInstanceOf(Error);
  return outcome.error as Error;
}

/** Returns the error that a call throws. Fails if it doesn't throw. */
export function thrownBy(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return error as Error;
  }
  return expect.fail("threw nothing");
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch (error) {
    return `JSON.stringify threw ${String(error)}`;
  }
}
