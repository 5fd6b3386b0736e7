import { type OperationName, routes } from "../generated/routes.js";
import { check } from "./check.js";
import { integer, type Kinds, numberFrom0, oneOf, optional, resolved, text } from "./kinds.js";
import { untilAborted } from "./untilAborted.js";
import { HttpError } from "./wire/httpError.js";
import { ConnectionDroppedError } from "./wire/wire.js";

/** A failure or delay of the next request, or the next few. */
export interface Fault {
  /** Responds with this status, from 300 to 599, and changes nothing. */
  readonly status?: number;
  /** The `code` in the response body. @defaultValue one that fits the status */
  readonly code?: string;
  /**
   * Sends `Retry-After` in whole seconds, from 0 to 2147483647.
   *
   * @defaultValue 0 for 408, 429 and 5xx, so that a client retries at once; not sent for other statuses
   */
  readonly retryAfterInSeconds?: number;
  /** How many requests it affects. @defaultValue 1 */
  readonly times?: number;
  /** Affects only requests of this operation, for example `getToken`. @defaultValue any */
  readonly operation?: OperationName;
  /**
   * Closes the connection without a response, `before` or `after` the operation takes effect. The client
   * can't tell which.
   */
  readonly drop?: "before" | "after";
  /**
   * Waits this long first, from 0 to 3600000 ms. On its own, it makes a slow but successful response. If a caller in the same
   * process gives up meanwhile, the request is dropped and changes nothing.
   */
  readonly delayInMs?: number;
}

interface PendingFault {
  readonly fault: Fault;
  remaining: number;
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

/** Faults waiting for a request. The oldest one that matches is used first. */
export class FaultQueue {
  #pending: PendingFault[] = [];

  /** @throws TypeError if the fault would do nothing or has a value that can't be used. */
  add(fault: Fault): void {
    checkFault(fault);
    this.#pending.push({ fault, remaining: fault.times ?? 1 });
  }

  /** Returns the fault for a request and counts it as used. */
  take(operation: OperationName | undefined): Fault | undefined {
    const hit = this.#pending.find(({ fault }) => !fault.operation || fault.operation === operation);
    if (!hit) return undefined;
    hit.remaining -= 1;
    this.#pending = this.#pending.filter(({ remaining }) => remaining > 0);
    return hit.fault;
  }

  list(): Fault[] {
    return this.#pending.map(({ fault, remaining }) => ({ ...fault, times: remaining }));
  }

  clear(): void {
    this.#pending = [];
  }
}

/**
 * Delays a request and makes it fail, as a fault asks.
 * @param closed - Aborts when the emulator closes, and `givenUp` when nobody waits for the response anymore: the delay
 * then ends, and so does the request.
 */
export async function applyFault(fault: Fault, closed?: AbortSignal, givenUp?: AbortSignal): Promise<void> {
  if (fault.delayInMs) await pause(fault.delayInMs, closed, givenUp);
  if (fault.drop === "before") throw new ConnectionDroppedError();
  if (fault.status !== undefined) throw faultError(fault);
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
  const retryAfterInSeconds = given ?? ([408, 429].includes(status) || status >= 500 ? 0 : undefined);
  return new HttpError(status, code ?? codes[status] ?? "Fault", "This fault was injected.", {
    diagnosis,
    topic: "the-fake-and-msw",
    ...(retryAfterInSeconds === undefined ? {} : { headers: [["Retry-After", String(retryAfterInSeconds)]] }),
  });
}

const operationNames: readonly string[] = routes.flatMap(({ operation, operationWith = {} }) => [
  operation,
  ...Object.values(operationWith),
]);

export const faultKinds: Kinds<Fault> = {
  status: optional(integer(300, 599)),
  code: optional(text),
  retryAfterInSeconds: optional(integer(0, 2 ** 31 - 1)),
  times: optional(integer(1, Number.MAX_SAFE_INTEGER)),
  operation: optional(oneOf(operationNames)),
  drop: optional(oneOf(["before", "after"])),
  delayInMs: optional(numberFrom0(3_600_000)),
};

function checkFault(fault: Fault): void {
  const { status, code, retryAfterInSeconds, drop, delayInMs } = resolved("A fault", faultKinds, fault, {});
  check(
    [status, drop, delayInMs].some((member) => member !== undefined),
    "A fault needs a status, drop or delayInMs",
  );
  check(
    status === undefined ? code === undefined && retryAfterInSeconds === undefined : drop === undefined,
    "A fault's code and retryAfterInSeconds need a status, and drop excludes one",
  );
}
