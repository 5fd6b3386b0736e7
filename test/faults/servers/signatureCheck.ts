// Checks signatures as the service documents them, with node:crypto and none of the client's code.
import { createHash, createHmac } from "node:crypto";
import type { ReceivedRequest } from "./requestReader.js";

const allowedSkew = 15 * 60_000;

/** Returns why the service would reject the signature of a request at `now`, or undefined if it's valid. */
export function signatureFault(
  request: ReceivedRequest,
  key: string,
  now: number = Date.now(),
): string | undefined {
  const date = request.headers.get("x-ms-date") ?? "";
  const hash = request.headers.get("x-ms-content-sha256") ?? "";
  const host = request.headers.get("host") ?? "";
  const bodyHash = createHash("sha256").update(request.body).digest("base64");
  if (hash !== bodyHash) return "the content hash is not that of the body";
  const text = `${request.method}\n${request.target}\n${date};${host};${hash}`;
  const signature = createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
  const wanted = `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`;
  if (request.headers.get("authorization") !== wanted) return "wrong signature";
  if (!(Math.abs(Date.parse(date) - now) <= allowedSkew)) return "x-ms-date is too far from the time";
  return undefined;
}
