// The signature scheme of ACS access keys, as functions of values, without a clock or a request object.
// Source: Microsoft's HMAC tutorial (articles/communication-services/tutorials/hmac-header-tutorial.md), recorded traffic.

export interface SignatureInput {
  /** Upper case. */
  readonly method: string;
  /** The target of the request. Path and query are signed as they are sent, percent-encoded. */
  readonly url: URL;
  /** RFC 1123, UTC: `Mon, 13 Mar 2023 09:47:52 GMT`. */
  readonly date: string;
  /** Base64 of the SHA-256 of the body, or of zero bytes if there is no body. */
  readonly contentHash: string;
}

/** Returns `VERB\n/path?query\ndate;host;hash`. The host includes the port, unless it's the default of the scheme. */
export function stringToSign({ method, url, date, contentHash }: SignatureInput): string {
  return `${method}\n${url.pathname}${url.search}\n${date};${url.host};${contentHash}`;
}

/** Returns the value of the `Authorization` header for a signature in base64. */
export function authorizationValue(signature: string): string {
  return `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`;
}
