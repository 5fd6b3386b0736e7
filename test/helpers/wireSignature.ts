// Checks signatures as the service documents them, with node:crypto and none of the client's code.
import { createHash, createHmac } from "node:crypto";
import type { WireRequest } from "./server.js";
import type { SentRequest } from "./stubTransport.js";

/** A request as a server received it. */
interface SignedRequest {
  readonly method: string;
  /** Path and query, undecoded. */
  readonly target: string;
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly body: string | Uint8Array;
}

const allowedSkewMs = 15 * 60_000;

/** Returns why the service would reject the signature of a request at `now`, or undefined if it's valid. */
export function signatureFault(
  { method, target, headers, body }: SignedRequest,
  key: string,
  now: number = Date.now(),
): string | undefined {
  const sent = new Map([...headers].map(([name, value]) => [name.toLowerCase(), value]));
  const [date, host, hash] = ["x-ms-date", "host", "x-ms-content-sha256"].map((name) => sent.get(name) ?? "");
  if (hash !== createHash("sha256").update(body).digest("base64"))
    return "the content hash is not that of the body";
  const text = `${method}\n${target}\n${date};${host};${hash}`;
  const signature = createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
  const expected = `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`;
  if (sent.get("authorization") !== expected) return "wrong signature";
  if (!(Math.abs(Date.parse(date ?? "") - now) <= allowedSkewMs)) return "x-ms-date is too far from the time";
  return undefined;
}

export function isWellSigned(request: WireRequest | SentRequest, key: string): boolean {
  const signed = "url" in request ? received(request) : { ...request, headers: request.rawHeaders };
  return signatureFault(signed, key) === undefined;
}

/** Returns a request as a server would receive it from a stub transport. */
function received({ method, url, headers, body }: SentRequest): SignedRequest {
  const { pathname, search, host } = new URL(url);
  return {
    method,
    target: `${pathname}${search}`,
    headers: [["host", host], ...Object.entries(headers)],
    body: (body ?? "") as string,
  };
}
