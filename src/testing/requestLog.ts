import type { OperationName } from "../generated/routes.js";
import { cutBody, cutHeader, cutQuery } from "./cutSecrets.js";
import type { WireRequest } from "./wire/wire.js";

/** A request that came in, with its secrets cut out, and how it was answered. */
export interface LoggedRequest {
  /** The service's time. */
  readonly time: Date;
  /** As received: `POST`. */
  readonly method: string;
  /** Path and query as received, with keys, signatures and tokens cut out of the query. */
  readonly target: string;
  /** Absent when the path is that of no operation. */
  readonly operation?: OperationName;
  /** By lower-case name. Keys, signatures, tokens and cookies are cut out. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body with keys, tokens and the like cut out; absent without a body. */
  readonly body?: unknown;
  /** The raw id of the user that the answer names, such as a new user's. Absent for other answers. */
  readonly userId?: string;
  /** Absent when a fault dropped the connection. */
  readonly status?: number;
  /** The `code` of an error answer. */
  readonly code?: string;
  /** The `message` of an error answer. */
  readonly message?: string;
  /** The `target` of an error answer: the part of the request at fault. */
  readonly errorTarget?: string;
  /** What the developer should know, as in `x-ms-emulator-diagnosis`. */
  readonly diagnosis?: string;
  /** From the request's arrival to its answer by the machine's time, to a tenth; a fault's `delayInMs` is part of it. */
  readonly durationInMs: number;
}

/** How a request was answered. */
export type Outcome = Omit<LoggedRequest, "time" | "method" | "target" | "headers" | "body">;

/** The last requests, oldest first. */
export class RequestLog {
  /** Called with each request once it is answered. */
  onRequest: ((request: LoggedRequest) => void) | undefined;

  readonly #capacity: number;
  #requests: LoggedRequest[] = [];
  #added = 0;
  #cleared = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(time: number, { method, target, headers, body }: WireRequest, outcome: Outcome): void {
    const withoutSecrets = cutBody(body);
    const request: LoggedRequest = {
      time: new Date(time),
      method,
      target: cutQuery(target),
      headers: Object.fromEntries([...headers].map(([name, value]) => [name, cutHeader(name, value)])),
      ...(withoutSecrets === undefined ? {} : { body: withoutSecrets }),
      ...outcome,
    };
    this.#requests.push(request);
    this.#added += 1;
    // Cut in large pieces: shifting one element per request would move the whole array each time.
    if (this.#requests.length >= this.#capacity * 2) this.#requests = this.list();
    this.onRequest?.(request);
  }

  /** How many requests came in so far: the number of the newest one. */
  get count(): number {
    return this.#added;
  }

  /** Another number whenever the list is another. */
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
