import { type OperationName, routes } from "../generated/routes.js";
import { check } from "./check.js";
import { checkMembers } from "./checkMembers.js";
import { ServiceError } from "./serviceError.js";

/** What goes wrong with the next request, or the next few. */
export interface Fault {
  /** Answers with this status, and changes nothing. */
  readonly status?: number;
  /** The `code` in the answer's body. Default: one that fits the status. */
  readonly code?: string;
  /** Sends `Retry-After`: whole seconds from 0 to 2147483647, or a date as HTTP writes it. */
  readonly retryAfter?: number | string;
  /** How many requests it hits. Default: 1. */
  readonly times?: number;
  /** Hits only requests of this operation, for example `issueAccessToken`. Default: any. */
  readonly operation?: OperationName;
  /**
   * Closes the connection without an answer: `before` the operation takes effect, or `after` it did, so that
   * the client can't know.
   */
  readonly drop?: "before" | "after";
  /** Waits before anything else happens. Alone, it makes a slow but good answer. */
  readonly delayMs?: number;
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

/** Faults that wait for a request, first come first served. */
export class FaultQueue {
  #pending: PendingFault[] = [];

  /** @throws TypeError when the fault would do nothing or has a value that can't be used. */
  add(fault: Fault): void {
    checkFault(fault);
    this.#pending.push({ fault, remaining: fault.times ?? 1 });
  }

  /** The fault for a request, used up by it. */
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

/** The answer that a fault asks for. */
export function faultError({ status = 500, code, retryAfter }: Fault): ServiceError {
  const diagnosis = "A fault asked for this answer";
  return new ServiceError(status, code ?? codes[status] ?? "Fault", "This failure was asked for.", {
    diagnosis,
    ...(retryAfter === undefined ? {} : { headers: [["Retry-After", String(retryAfter)]] }),
  });
}

const members = ["status", "code", "retryAfter", "times", "operation", "drop", "delayMs"];
const operationNames: readonly string[] = routes.map(({ operation }) => operation);

function checkFault(fault: Fault): void {
  checkMembers(fault, members, "A fault");
  const { status, code, retryAfter, times = 1, operation, drop, delayMs } = fault;
  const must = (isSo: boolean, words: string) => check(isSo, `A fault's ${words}`);
  check(
    [status, drop, delayMs].some((member) => member !== undefined),
    "A fault needs a status, drop or delayMs",
  );
  must(
    status === undefined ? code === undefined && retryAfter === undefined : drop === undefined,
    "code and retryAfter go with a status, and drop goes without",
  );
  must(
    operation === undefined || operationNames.includes(operation),
    `operation must be one of ${operationNames.join(", ")}`,
  );
  must(
    status === undefined || (Number.isInteger(status) && status >= 300 && status <= 599),
    "status must be an integer from 300 to 599",
  );
  must(code === undefined || typeof code === "string", "code must be a string");
  must(
    retryAfter === undefined || isRetryAfter(retryAfter),
    "retryAfter must be 0 to 2147483647 seconds or an HTTP date",
  );
  must(Number.isSafeInteger(times) && times >= 1, "times must be an integer from 1");
  must([undefined, "before", "after"].includes(drop), 'drop must be "before" or "after"');
  must(
    delayMs === undefined || (typeof delayMs === "number" && delayMs >= 0 && delayMs <= 3_600_000),
    "delayMs must be 0 to 3600000",
  );
}

function isRetryAfter(value: unknown): boolean {
  return typeof value === "string"
    ? /^[\x20-\x7e]{1,64}$/.test(value)
    : Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 2 ** 31 - 1;
}
