import type { OperationName } from "../generated/routes.js";
import { utf8Decode } from "./wire/bytes.js";
import type { WireRequest } from "./wire/wire.js";

const LONGEST_BODY = 4096;

/** A request that came in, with its secrets cut out, and how it was answered. */
export interface LoggedRequest {
  /** The service's time. */
  readonly time: Date;
  /** As received: `POST`. */
  readonly method: string;
  /** Path and query as received. */
  readonly target: string;
  /** Absent when the path is that of no operation. */
  readonly operation?: OperationName;
  /** By lower-case name. Signatures, tokens and cookies are cut out. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body with tokens cut out; absent without a body. */
  readonly body?: unknown;
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
  /** From the request's arrival to its answer by the machine's time, to a tenth; a fault's `delayMs` is part of it. */
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
    const cutBody = cutSecrets(body);
    const request: LoggedRequest = {
      time: new Date(time),
      method,
      target,
      headers: Object.fromEntries([...headers].map(([name, value]) => [name, cutHeader(name, value)])),
      ...(cutBody === undefined ? {} : { body: cutBody }),
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

function cutHeader(name: string, value: string): string {
  if (name === "authorization") {
    return value.startsWith("HMAC-SHA256 ")
      ? value.replace(/Signature=[^&]*/i, "Signature=<cut>")
      : cut(value);
  }
  return /cookie|secret|token|key/.test(name) ? cut(value) : value;
}

/** Keeps the scheme of credentials: `Bearer <cut>`. */
function cut(value: string): string {
  const [scheme = "", rest] = value.split(" ", 2);
  return rest === undefined ? "<cut>" : `${scheme} <cut>`;
}

function cutSecrets(body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  if (body.length > LONGEST_BODY) return `<${body.length} bytes>`;
  try {
    return JSON.parse(utf8Decode(body), (name, value: unknown) => (/token$/i.test(name) ? "<cut>" : value));
  } catch {
    return `<${body.length} bytes, no JSON>`;
  }
}
