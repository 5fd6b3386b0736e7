import type { IncomingMessage, ServerResponse } from "node:http";
import type { WireResponse } from "../testing/wire/wire.js";

/** Writes a response with its headers spelled as given and with the framing that it asks for. */
export function writeResponse(
  answer: WireResponse,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const headers = answer.headers.flat();
  // HTTP/1.0 clients don't support chunks: their response ends when the connection closes.
  if (answer.chunked && message.httpVersion !== "1.0") headers.push("Transfer-Encoding", "chunked");
  if (!message.complete) headers.push("Connection", "close");
  response.sendDate = false;
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}
