import { type OperationName, routes } from "../../generated/routes.js";
import { check } from "../validation/check.js";
import {
  boolean,
  type Constraints,
  finiteNumber,
  integer,
  numberFrom0,
  oneOf,
  optional,
  orNull,
  resolved,
  text,
} from "../validation/constraints.js";
import type { Call } from "../wire/call.js";
import { HttpError } from "../wire/httpError.js";
import { untilAborted } from "../wire/untilAborted.js";
import { ConnectionDroppedError, type Header, type WireResponse } from "../wire/wire.js";

/**
 * A failure or delay of the next request, of the next few, or of all requests for a while.
 *
 * A reset ends every fault.
 */
export interface Fault {
  /** Responds with this status, from 300 to 599, and changes nothing. */
  readonly status?: number | undefined;
  /** The `code` in the response body. @defaultValue one that fits the status */
  readonly code?: string | undefined;
  /**
   * Sends `Retry-After` in whole seconds, from 0 to 2147483647. With `null`, it isn't sent.
   *
   * @defaultValue 0 for 408, 429 and 5xx, so that a client retries at once; not sent for other statuses
   */
  readonly retryAfterInSeconds?: number | null | undefined;
  /**
   * How many requests it affects. A fault with a number goes before an unlimited one, so that a single 429 can be put into
   * an outage.
   *
   * @defaultValue 1, or `unlimited` with `durationInSeconds`
   */
  readonly times?: number | "unlimited" | undefined;
  /**
   * Ends the fault when this much time has passed by the service's clock or by the machine's, whichever is first. So
   * `clock.advance` ends it, and a clock that is frozen or set back doesn't prolong it.
   *
   * @defaultValue it lasts until it has affected as many requests as `times` says
   */
  readonly durationInSeconds?: number | undefined;
  /** Affects only requests of this operation, for example `getToken`. @defaultValue any */
  readonly operation?: OperationName | undefined;
  /**
   * Closes the connection without a response, `before` or `after` the operation takes effect, which the client can't tell
   * apart, or `during` the response, halfway through its body. A response without a body is then lost whole.
   */
  readonly drop?: "before" | "after" | "during" | undefined;
  /**
   * Ends the response's body halfway as if it were complete, after the operation takes effect. A response without a body
   * stays as it is.
   *
   * @defaultValue false
   */
  readonly truncate?: boolean | undefined;
  /**
   * Waits this long first, from 0 to 3600000 ms. On its own, it makes a slow but successful response. If a caller in the same
   * process gives up meanwhile, the request is dropped and changes nothing.
   */
  readonly delayInMs?: number | undefined;
}

const codes: Readonly<Record<number, string>> = {
  401: "Denied",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  429: "TooManyRequests",
  500: "InternalServerError",
  503: "ServiceUnavailable",
};

/**
 * Delays a request and makes it fail before its operation takes effect, as a fault asks.
 * @param closed - Aborts when the emulator closes: the delay then ends, and so does the request.
 */
export async function applyBefore(fault: Fault, { givenUp }: Call, closed?: AbortSignal): Promise<void> {
  if (fault.delayInMs) await pause(fault.delayInMs, closed, givenUp);
  if (fault.drop === "before") throw new ConnectionDroppedError();
  if (fault.status !== undefined) throw faultError(fault);
}

/**
 * Creates the response of an operation that took effect, and loses or cuts it, as a fault asks. How it breaks off is up to each
 * of its senders: `writeResponse.ts`, `fetchAdapter.ts` and `httpClientAdapter.ts`.
 */
export function applyAfter<Response extends WireResponse>(
  { drop, truncate }: Fault | undefined = {},
  { remarks }: Call,
  create: () => Response,
): Response {
  if (drop === "after") throw new ConnectionDroppedError();
  if (!drop && !truncate) return create();
  remarks.push(`An injected fault ${drop ? "dropped the connection within" : "truncated"} the response`);
  const response = create();
  const { body } = response;
  if (!body) {
    if (drop) throw new ConnectionDroppedError();
    return response;
  }
  const half = body.subarray(0, Math.floor(body.length / 2));
  if (drop) return { ...response, body: half, breaksOff: true };
  const headers = response.headers.map(
    ([name, value]): Header => [name, name === "Content-Length" ? String(half.length) : value],
  );
  return { ...response, headers, body: half };
}

async function pause(duration: number, closed?: AbortSignal, givenUp?: AbortSignal): Promise<void> {
  const reason = () => (closed?.aborted ? "the emulator closed" : "the caller gave up");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, duration);
  });
  try {
    await untilAborted(over, [closed, givenUp], () => new ConnectionDroppedError(reason()));
  } finally {
    // A pending timer would keep the process alive.
    clearTimeout(timer);
  }
}

function faultError({ status = 500, code, retryAfterInSeconds: given }: Fault): HttpError {
  const diagnosis = "An injected fault sent this response";
  const byDefault = [408, 429].includes(status) || status >= 500 ? 0 : null;
  const retryAfterInSeconds = given === undefined ? byDefault : given;
  return new HttpError(status, code ?? codes[status] ?? "Fault", "This fault was injected.", {
    diagnosis,
    topic: "the-fake-and-msw",
    ...(retryAfterInSeconds === null ? {} : { headers: [["Retry-After", String(retryAfterInSeconds)]] }),
  });
}

const operationNames: readonly string[] = routes.flatMap(({ operation, operationWith = {} }) => [
  operation,
  ...Object.values(operationWith),
]);

export const faultConstraints: Constraints<Fault> = {
  status: optional(integer(300, 599)),
  code: optional(text),
  retryAfterInSeconds: optional(orNull(integer(0, 2 ** 31 - 1))),
  times: optional({
    words: "an integer from 1, or unlimited",
    is: (value) => value === "unlimited" || integer(1, Number.MAX_SAFE_INTEGER).is(value),
  }),
  durationInSeconds: optional({
    words: "a number above 0",
    is: (value) => finiteNumber.is(value) && Number(value) > 0,
  }),
  operation: optional(oneOf(operationNames)),
  drop: optional(oneOf(["before", "after", "during"])),
  truncate: optional(boolean),
  delayInMs: optional(numberFrom0(3_600_000)),
};

/** @throws TypeError if the fault would do nothing or has a value that can't be used. */
export function checkFault(fault: Fault): void {
  const { status, code, retryAfterInSeconds, drop, truncate, delayInMs } = resolved(
    "A fault",
    faultConstraints,
    fault,
    {},
  );
  const failures = [status, drop, truncate || undefined].filter((member) => member !== undefined);
  check(
    failures.length === 1 || (failures.length === 0 && delayInMs !== undefined),
    "A fault needs one of status, drop and truncate, or delayInMs",
  );
  check(
    status !== undefined || (code === undefined && (retryAfterInSeconds ?? null) === null),
    "A fault's code and retryAfterInSeconds need a status",
  );
}
