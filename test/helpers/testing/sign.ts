import { createHash, createHmac } from "node:crypto";

/** A request to sign by the documented rule, without using this package's code. */
export interface ToSign {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly body?: string | Uint8Array;
  readonly host: string;
  /** The access key, in base64. */
  readonly key: string;
  /** Default: now. */
  readonly date?: string;
}

/** Returns the headers that sign a request as documented. */
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
