import type { IncomingMessage } from "node:http";
import { ConnectionLostError, type RequestHead, type WireRequest } from "../testing/wire/wire.js";

/** Reads the head of a request exactly as received. */
export function wireRequest(message: IncomingMessage, scheme: "http" | "https"): WireRequest {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, typeof value === "string" ? value : value.join(", "));
  }
  const { method = "", url = "" } = message;
  return {
    method,
    // A proxy may send `http://host/path`.
    target: url.replace(/^https?:\/\/[^/?]*/i, "") || "/",
    scheme,
    host: message.headers.host ?? "",
    ...targetHostOf(url),
    headers,
    read: (limitInBytes) => receiveBody(message, limitInBytes),
  };
}

function targetHostOf(target: string): Pick<RequestHead, "targetHost"> {
  const [, targetHost] = /^https?:\/\/([^/?]*)/i.exec(target) ?? [];
  return targetHost === undefined ? {} : { targetHost };
}

/**
 * How many bytes of a body that is too long are read and discarded. Closing the connection at once would reset it, and
 * many clients would never see the rejection.
 */
const discardLimitInBytes = 64 * 1024 * 1024;

function receiveBody(message: IncomingMessage, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const body = new GrowingBytes(limit + 1);
    const most = limit + discardLimitInBytes;
    // A body that is longer than that anyway is refused as soon as it exceeds its limit.
    const end = Number(message.headers["content-length"] ?? 0) > most ? limit : most;
    let length = 0;
    message.on("data", (chunk: Uint8Array) => {
      body.add(chunk);
      length += chunk.length;
      if (length > end) {
        message.removeAllListeners("data").pause();
        resolve(body.bytes);
      }
    });
    message.on("end", () => resolve(body.bytes));
    const gone = () => reject(new ConnectionLostError("The client closed the connection"));
    message.on("error", gone).on("close", gone);
    if (message.destroyed) gone();
  });
}

/** Joins chunks as they come. A list of chunks would take more than a hundred bytes for each, however small it is. */
class GrowingBytes {
  readonly #limit: number;
  #buffer = new Uint8Array(1024);
  #length = 0;

  /** @param limit - In bytes. The rest is dropped. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Uint8Array): void {
    const kept = chunk.subarray(0, this.#limit - this.#length);
    const length = this.#length + kept.length;
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(this.#limit, Math.max(length, this.#buffer.length * 2)));
      larger.set(this.bytes);
      this.#buffer = larger;
    }
    this.#buffer.set(kept, this.#length);
    this.#length = length;
  }

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}
