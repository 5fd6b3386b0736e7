import type { OperationName } from "../../generated/routes.js";
import type { Call } from "../wire/call.js";
import type { TableResponse } from "../wire/table.js";
import type { WireResponse } from "../wire/wire.js";
import { cutForm, cutJson } from "./cutBody.js";
import { withoutSecrets } from "./cutSecrets.js";
import { isForm, readableBody } from "./readableBody.js";

/**
 * A received request and its outcome. The service's own keys and client secrets of 8 characters and more, whatever looks like a
 * token, a signature or a key of Azure, and what is called a secret or a code are cut out wherever they stand. A body's hash in
 * `x-ms-content-sha256` and in a string to sign stays.
 */
export interface LoggedRequest {
  /** The service's time. */
  readonly time: Date;
  /** As received: `POST`. */
  readonly method: string;
  /** Path and query as received. */
  readonly target: string;
  /** Absent if no operation has this method and path. */
  readonly operation?: OperationName;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The members of a body in JSON or a form, or its size. Absent if there is no body. */
  readonly body?: unknown;
  /**
   * The body as it was received, with its blanks and its byte order mark. Absent if it is `body` in JSON without blanks, or if
   * only its size is known.
   */
  readonly bodyText?: string;
  /** By lower-case name. Absent if a fault dropped the connection. */
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** The members of a body in JSON, or its size. Absent if there is no body. */
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
  /** Present if `acs-identity doctor` sent it. Some of its requests are meant to be refused, and no fault affects them. */
  readonly isFromDoctor?: true;
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
  /** The number of the last request before the list was cleared. */
  #clearedUpTo = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * @param response - Undefined if a fault dropped the connection.
   * @param secrets - The service's own, without padding.
   */
  add(time: number, call: Call, response: TableResponse | undefined, secrets: readonly string[]): void {
    const { operation, remarks, startedAt, isFromDoctor } = call;
    const { userId, refusal } = response ?? {};
    const { method, target, headers, body } = call.received;
    const type = headers.get("content-type");
    const readable = readableBody(body, type);
    const known = { hash: headers.get("x-ms-content-sha256"), secrets };
    const entry = {
      time: new Date(time),
      method,
      target,
      operation,
      headers: Object.fromEntries(headers),
      body: "value" in readable ? readable.value : unreadBody(headers.get("content-length")),
      responseHeaders: response && headersByName(response),
      responseBody:
        response?.body && readableBody(response.body, headersByName(response)["content-type"]).value,
      userId,
      status: response?.status,
      code: refusal?.code,
      message: refusal?.message,
      errorTarget: refusal?.options.target,
      diagnosis: remarks.join("; ") || undefined,
      topic: refusal && refusal.status >= 400 ? refusal.topic : undefined,
      isFromDoctor: isFromDoctor || undefined,
      durationInMs: Math.round((performance.now() - startedAt) * 10) / 10,
    };
    const { text } = readable;
    const bodyText = text && (isForm(type) ? cutForm(text, known) : cutJson(text, known));
    const safe = { ...(withoutSecrets(entry, known) as LoggedRequest), ...(bodyText && { bodyText }) };
    // A copy, because a part of a text keeps the whole request in memory.
    const request = structuredClone(safe);
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

  /** How often the list was cleared. */
  get cleared(): number {
    return this.#cleared;
  }

  /** How many requests had to make room for later ones since the list was cleared. */
  get dropped(): number {
    return this.#added - this.#clearedUpTo - this.list().length;
  }

  list(): LoggedRequest[] {
    return this.#capacity > 0 ? this.#requests.slice(-this.#capacity) : [];
  }

  clear(): void {
    this.#cleared += 1;
    this.#clearedUpTo = this.#added;
    this.#requests = [];
  }
}

/** Shows the size of a body that was refused before it was read. */
function unreadBody(contentLength: string | undefined): string | undefined {
  return Number(contentLength) > 0 ? `<${Number(contentLength)} bytes>` : undefined;
}

function headersByName({ headers }: WireResponse): Record<string, string> {
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
}

/** Says why a request was refused. Entra ID's own messages say more than the hints about them. */
export function refusalReason({
  message,
  diagnosis,
}: Pick<LoggedRequest, "message" | "diagnosis">): string | undefined {
  const isEntras = message?.startsWith("AADSTS");
  return isEntras && diagnosis ? `${message} ${diagnosis}` : (diagnosis ?? message);
}

export type Content = "headers" | "body" | "bodyText" | "responseHeaders" | "responseBody";

/** Leaves out what was sent and what came back. */
export function withoutContent<Request extends LoggedRequest>(request: Request): Omit<Request, Content> {
  const { headers: _1, body: _2, bodyText: _3, responseHeaders: _4, responseBody: _5, ...line } = request;
  return line;
}
