import { isRestError } from "acs-identity";
import type { BaseLogger, DestinationStream } from "pino";

export type Log = Pick<BaseLogger, "info" | "warn" | "error">;

/** Bytes that wait for whoever reads standard output. What comes beyond is dropped, so that memory stays bounded. */
const longestBacklog = 4_000_000;
/** Deeper causes are left out, because a cause may name itself. */
const deepestCause = 5;

export const abortErrors: readonly string[] = ["AbortError", "TimeoutError"];

/** Writes lines to standard output. If nobody reads them, the service goes on, and can still stop. */
export function standardOutput(): DestinationStream {
  const { stdout } = process;
  // Without a listener, a reader that is gone would end the process.
  stdout.on("error", () => {});
  return {
    write(line) {
      if (stdout.writableLength < longestBacklog) stdout.write(line);
    },
  };
}

/**
 * Returns what to log about anything that was thrown. The messages of ACS's responses are left out, because they may
 * quote a request.
 */
export function describeCause(cause: unknown, depth = 1): object | undefined {
  if (cause === undefined || depth > deepestCause) return undefined;
  const isResponse = isRestError(cause) && cause.statusCode !== undefined;
  const { name = typeof cause, message = typeof cause === "object" ? "not an error" : String(cause) } =
    Object(cause);
  const { statusCode, code, requestId, attempts, stack, cause: inner, errors } = Object(cause);
  const described = { name, code, cause: describeCause(inner, depth + 1) };
  if (isResponse) return { ...described, statusCode, requestId, attempts };
  return {
    ...described,
    message,
    ...(Array.isArray(errors) ? { errors: errors.map((each) => describeCause(each, depth + 1)) } : {}),
    ...(abortErrors.includes(name) ? {} : { attempts, stack }),
  };
}
