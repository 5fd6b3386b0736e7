// The signature scheme of ACS access keys, as a function of values: no clock, no request object.
// Source: Microsoft's HMAC tutorial (articles/communication-services/tutorials/hmac-header-tutorial.md), recorded traffic.

export interface SignatureInput {
  /** Upper case. */
  readonly method: string;
  /** Where the request goes. Path and query are signed as they go out, still percent-encoded. */
  readonly url: URL;
  /** RFC 1123, UTC: `Mon, 13 Mar 2023 09:47:52 GMT`. */
  readonly date: string;
  /** Base64 of the SHA-256 of the body; that of no bytes for a request without one. */
  readonly contentHash: string;
}

/** `VERB\n/path?query\ndate;host;hash`; the host carries a port that is not the scheme's own. */
export function stringToSign({ method, url, date, contentHash }: SignatureInput): string {
  return `${method}\n${url.pathname}${url.search}\n${date};${url.host};${contentHash}`;
}

/** The value of the `Authorization` header for a signature in base64. */
export function authorizationValue(signature: string): string {
  return `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`;
}
