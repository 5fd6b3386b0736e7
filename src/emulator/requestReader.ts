import type { IncomingMessage } from "node:http";
import type { WireRequest } from "../testing/wire/wire.js";

/** More than any request of the service needs, Teams tokens included. */
export const BODY_LIMIT = 256 * 1024;

/** The body is longer than the limit; the rest of it was not read. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
}

/**
 * Reads a request as it arrived.
 * @throws BodyTooLargeError
 */
export async function readRequest(message: IncomingMessage, scheme: "http" | "https"): Promise<WireRequest> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, typeof value === "string" ? value : value.join(", "));
  }
  return {
    method: message.method ?? "",
    target: message.url ?? "",
    scheme,
    host: message.headers.host ?? "",
    headers,
    body: await readBody(message),
  };
}

async function readBody(message: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_LIMIT) throw new BodyTooLargeError(`The body is longer than ${BODY_LIMIT} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}
