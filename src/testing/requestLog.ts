import type { OperationName } from "../generated/routes.js";
import { cutBody, cutHeader, cutQuery } from "./cutSecrets.js";
import type { Call } from "./wire/call.js";
import type { HttpError } from "./wire/httpError.js";

/** A received request, with its secrets cut out, and its outcome. */
export interface LoggedRequest {
  /** The service's time. */
  readonly time: Date;
  /** As received: `POST`. */
  readonly method: string;
  /** Path and query as received, with keys, signatures and tokens cut out of the query. */
  readonly target: string;
  /** Absent if no operation has this method and path. */
  readonly operation?: OperationName;
  /** By lower-case name. Keys, signatures, tokens and cookies are cut out. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body with keys, tokens and the like cut out. Absent if there is no body. */
  readonly body?: unknown;
  /** By lower-case name. Absent if a fault dropped the connection. */
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** The body of the response, with tokens and the like cut out. Absent if it has none. */
  readonly responseBody?: unknown;
  /** The raw id of the user that the response names, such as a new user's. Absent for other responses. */
  readonly userId?: string;
  /** Absent if a fault dropped the connection. */
  readonly status?: number;
  /** The `code` of an error response. */
  readonly code?: string;
  /** The `message` of an error response. */
  readonly message?: string;
  /** The `target` of an error response: the part of the request that is wrong. */
  readonly errorTarget?: string;
  /** A hint for the developer, as in `x-ms-emulator-diagnosis`. */
  readonly diagnosis?: string;
  /** For an error response, the section of TROUBLESHOOTING.md that explains it, as in `x-ms-emulator-topic`. */
  readonly topic?: string;
  /** From the request's arrival to its response by the machine's time, to 0.1 ms, including a fault's `delayInMs`. */
  readonly durationInMs: number;
}

/** The latest requests, oldest first. */
export class RequestLog {
  /** Called with each request once its outcome is known. */
  onRequest: ((request: LoggedRequest) => void) | undefined;

  readonly #capacity: number;
  #requests: LoggedRequest[] = [];
  #added = 0;
  #cleared = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** @param status - Of the response. Undefined if a fault dropped the connection. */
  add(time: number, call: Call, status: number | undefined): void {
    const { operation, userId, refusal, remarks, startedAt } = call;
    const { method, target, headers, body } = call.received;
    const withoutSecrets = cutBody(body);
    // A copy, because a part of a text keeps the whole request in memory.
    const request: LoggedRequest = structuredClone({
      time: new Date(time),
      method,
      target: cutQuery(target),
      headers: Object.fromEntries([...headers].map(([name, value]) => [name, cutHeader(name, value)])),
      ...(withoutSecrets === undefined ? {} : { body: withoutSecrets }),
      ...(operation && { operation }),
      ...(userId !== undefined && { userId }),
      ...(status !== undefined && { status }),
      ...(refusal && outcomeOf(refusal)),
      ...(remarks.length > 0 && { diagnosis: remarks.join("; ") }),
      durationInMs: Math.round((performance.now() - startedAt) * 10) / 10,
    });
    this.#requests.push(request);
    this.#added += 1;
    // Trimmed in large steps, because shifting one element per request would move the whole array each time.
    if (this.#requests.length >= this.#capacity * 2) this.#requests = this.list();
    this.onRequest?.(request);
  }

  /** How many requests were added so far, which is the newest one's number. */
  get count(): number {
    return this.#added;
  }

  /** Changes whenever the list changes. */
  get revision(): number {
    return this.#added + this.#cleared;
  }

  list(): LoggedRequest[] {
    return this.#capacity > 0 ? this.#requests.slice(-this.#capacity) : [];
  }

  clear(): void {
    this.#cleared += 1;
    this.#requests = [];
  }
}

function outcomeOf({ status, code, message, topic, options: { target } }: HttpError): Partial<LoggedRequest> {
  return {
    code,
    message,
    ...(status >= 400 && { topic }),
    ...(target !== undefined && { errorTarget: target }),
  };
}
