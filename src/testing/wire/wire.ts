import { utf8 } from "./bytes.js";

/** What a client sent before the body. Nothing is decoded, because a signature covers the raw target and host. */
export interface RequestHead {
  readonly method: string;
  /** Path and query exactly as received; never an absolute URL. */
  readonly target: string;
  readonly scheme: "http" | "https";
  /** The Host header exactly as received. */
  readonly host: string;
  /** The host in a target that is an absolute URL, which a proxy sends. Absent for others. */
  readonly targetHost?: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
}

/** A request whose body is still to be read. */
export interface WireRequest extends RequestHead {
  /**
   * Reads the body, once. Of a longer body than the limit, at least one more byte is returned, enough to refuse it.
   * @throws ConnectionLostError if the body ends too early.
   */
  readonly read: (limitInBytes: number) => Promise<Uint8Array>;
}

export interface ReceivedRequest extends RequestHead {
  readonly body: Uint8Array;
}

export type Header = readonly [name: string, value: string];

/** A response, with its headers spelled and ordered as they are sent. */
export interface WireResponse {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body?: Uint8Array;
  /** Whether it is sent with `Transfer-Encoding: chunked`, as the service sends its errors. */
  readonly chunked: boolean;
  /** Whether the connection is closed after the body, which is only the beginning of what `Content-Length` says. */
  readonly breaksOff?: boolean;
}

/**
 * Responds to a request, whichever adapter received it.
 * @param givenUp - Aborts when nobody waits for the response anymore.
 * @throws ConnectionDroppedError if a fault asks for it, and ConnectionLostError if the request isn't complete.
 */
export type Respond = (request: WireRequest, givenUp?: AbortSignal) => Promise<WireResponse>;

/** The content type of what isn't an error of the service. */
export const jsonType = "application/json; charset=utf-8";

export function textResponse(
  status: number,
  contentType: string,
  text: string,
  headers: readonly Header[] = [],
): WireResponse {
  const body = utf8(text);
  const own: Header[] = [
    ["Content-Type", contentType],
    ["Content-Length", String(body.length)],
  ];
  return { status, headers: [...own, ...headers], body, chunked: false };
}

/** Tells the adapter to close the connection without a response. */
export class ConnectionDroppedError extends Error {
  override readonly name = "ConnectionDroppedError";

  constructor(message = "An injected fault dropped the connection") {
    super(message);
  }
}

/** The client closed the connection before its request was complete. `cause` is the error of an adapter's stream. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
}
