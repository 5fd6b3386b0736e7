/** A request as received. Nothing is decoded, because a signature covers the raw target and host. */
export interface WireRequest {
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
  readonly body: Uint8Array;
}

/** A response, with its headers spelled and ordered as they are sent. */
export interface WireResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array;
  /** Whether it is sent with `Transfer-Encoding: chunked`, as the service sends its errors. */
  readonly chunked: boolean;
}

/** Tells the adapter to close the connection without a response. */
export class ConnectionDroppedError extends Error {
  override readonly name = "ConnectionDroppedError";

  constructor(message = "An injected fault dropped the connection") {
    super(message);
  }
}
