import type { IncomingMessage } from "node:http";
import { ConnectionLostError, type WireRequest } from "../../testing/wire/wire.js";

/** Reads the head of a request exactly as received. */
export function receiveRequest(message: IncomingMessage, scheme: "http" | "https"): WireRequest {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, typeof value === "string" ? value : value.join(", "));
  }
  const { method = "", url = "" } = message;
  // A proxy may send `http://host/path`.
  const [origin = "", targetHost] = /^https?:\/\/([^/?]*)/i.exec(url) ?? [];
  return {
    method,
    target: url.slice(origin.length) || "/",
    scheme,
    host: message.headers.host ?? "",
    ...(targetHost !== undefined && { targetHost }),
    headers,
    read: (limitInBytes) => receiveBody(message, limitInBytes),
  };
}

/**
 * How many bytes of a body that is too long are read and discarded. Closing the connection at once would reset it, and
 * many clients would never see the rejection.
 */
const discardLimitInBytes = 64 * 1024 * 1024;

function receiveBody(message: IncomingMessage, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    const most = limit + discardLimitInBytes;
    // A body that is longer than that anyway is refused as soon as it exceeds its limit.
    const end = Number(message.headers["content-length"] ?? 0) > most ? limit : most;
    message.on("data", (chunk: Buffer) => {
      if (length <= limit) chunks.push(chunk);
      // A chunk takes more than a hundred bytes, however small it is.
      if (chunks.length > 1000) chunks = [Buffer.concat(chunks)];
      length += chunk.length;
      if (length > end) {
        message.removeAllListeners("data").pause();
        resolve(Buffer.concat(chunks));
      }
    });
    message.on("end", () => resolve(Buffer.concat(chunks)));
    const gone = () => reject(new ConnectionLostError("The client closed the connection"));
    message.on("error", gone).on("close", gone);
    if (message.destroyed) gone();
  });
}
