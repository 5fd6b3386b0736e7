import type { IncomingMessage } from "node:http";
import { originForm } from "../testing/wire/router.js";
import type { WireRequest } from "../testing/wire/wire.js";

/** A request whose body has not been read. */
export type RequestHead = Omit<WireRequest, "body">;

/** The client closed the connection before its request was complete. */
export class ClientGoneError extends Error {
  override readonly name = "ClientGoneError";
}

/**
 * Reads a request exactly as received.
 * @param bodyLimit - Returns the body's limit in bytes. One more byte is kept of a longer body, enough to reject it.
 * @throws ClientGoneError
 */
export async function readRequest(
  message: IncomingMessage,
  scheme: "http" | "https",
  bodyLimit: (head: RequestHead) => number,
): Promise<WireRequest> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, typeof value === "string" ? value : value.join(", "));
  }
  const head: RequestHead = {
    method: message.method ?? "",
    target: originForm(message.url ?? "") || "/",
    scheme,
    host: message.headers.host ?? "",
    headers,
  };
  return { ...head, body: await receiveBody(message, bodyLimit(head)) };
}

function receiveBody(message: IncomingMessage, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const finish = () => resolve(joined(chunks, length).subarray(0, limit + 1));
    message.on("data", (chunk: Uint8Array) => {
      chunks.push(chunk);
      length += chunk.length;
      // Destroying the stream instead would close the connection, which the rejection is sent on.
      if (length > limit) {
        message.removeAllListeners("data").pause();
        finish();
      }
    });
    message.on("end", finish);
    const gone = () => reject(new ClientGoneError("The client closed the connection"));
    message.on("error", gone).on("close", gone);
  });
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first) return first;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
