import { createHash, createHmac } from "node:crypto";
import { type WireRequest, wireHeader } from "./server.js";

/** Checks a received request's signature against the documented rule, without using the client's code. */
export function isWellSigned(request: WireRequest, key: string): boolean {
  const hash = createHash("sha256").update(request.body, "utf8").digest("base64");
  const [date, host, sentHash] = ["x-ms-date", "host", "x-ms-content-sha256"].map((name) =>
    wireHeader(request, name),
  );
  const text = `${request.method}\n${request.target}\n${date};${host};${sentHash}`;
  const signature = createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
  return (
    sentHash === hash &&
    wireHeader(request, "authorization") ===
      `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`
  );
}
