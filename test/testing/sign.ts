import { createHash, createHmac } from "node:crypto";

/** A request to sign, in the words of the documented rule and of no code of this package. */
export interface ToSign {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly body?: string | Uint8Array;
  readonly host: string;
  /** Base64. */
  readonly key: string;
  readonly date?: string;
}

/** The headers of a request that is signed as the documentation says. */
export function signedHeaders({
  method,
  target,
  body = "",
  host,
  key,
  date,
}: ToSign): Record<string, string> {
  const hash = createHash("sha256").update(body).digest("base64");
  const when = date ?? new Date().toUTCString();
  const text = `${method}\n${target}\n${when};${host};${hash}`;
  const signature = createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
  return {
    "x-ms-date": when,
    "x-ms-content-sha256": hash,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
  };
}
