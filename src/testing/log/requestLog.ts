import type { OperationName } from "../../generated/routes.js";
import type { Call } from "../wire/call.js";
import type { TableResponse } from "../wire/table.js";
import type { WireResponse } from "../wire/wire.js";
import { cutHeader, cutText, type PublicTokens, publicTokensIn } from "./cutSecrets.js";
import { longestBodyInBytes, readableBody } from "./readableBody.js";

/**
 * A received request and its outcome. JWTs are cut out wherever they stand, except for those of fakes and emulators, and so are
 * the values of headers, members and parameters whose names say that they are secret. Everything else stays as it was.
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

  /** @param response - Undefined if a fault dropped the connection. */
  async add(time: number, call: Call, response: TableResponse | undefined): Promise<void> {
    const { operation, remarks, startedAt, isFromDoctor } = call;
    const { userId, refusal } = response ?? {};
    const { method, target, headers, body } = call.received;
    const durationInMs = Math.round((performance.now() - startedAt) * 10) / 10;
    const responseHeaders = response && headersByName(response);
    const known = await publicTokensIn([
      target,
      ...headers.values(),
      ...Object.values(responseHeaders ?? {}),
      ...[body, response?.body].map(beginning),
    ]);
    const cut = (text: string | undefined) => text && cutText(text, known);
    const received = readableBody(body, headers.get("content-type"), known);
    const entry = {
      time: new Date(time),
      method,
      target: cut(target),
      operation,
      headers: cutHeaders(Object.fromEntries(headers), known),
      body: "value" in received ? received.value : unreadBody(headers.get("content-length")),
      bodyText: received.text,
      responseHeaders: responseHeaders && cutHeaders(responseHeaders, known),
      responseBody:
        response?.body && readableBody(response.body, responseHeaders?.["content-type"], known).value,
      userId,
      status: response?.status,
      code: refusal?.code,
      message: cut(refusal?.message),
      errorTarget: refusal?.options.target,
      diagnosis: cut(remarks.join("; ")) || undefined,
      topic: refusal && refusal.status >= 400 ? refusal.topic : undefined,
      isFromDoctor: isFromDoctor || undefined,
      durationInMs,
    };
    const present = Object.entries(entry).filter(([, value]) => value !== undefined);
    // A copy, because a part of a text keeps the whole request in memory.
    const request = structuredClone(Object.fromEntries(present)) as unknown as LoggedRequest;
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

function cutHeaders(headers: Readonly<Record<string, string>>, known: PublicTokens): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [cutText(name, known), cutHeader(name, value, known)]),
  );
}

/** Returns as much of a body as is logged at most. */
function beginning(body: Uint8Array = new Uint8Array()): string {
  return new TextDecoder().decode(body.subarray(0, longestBodyInBytes));
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
