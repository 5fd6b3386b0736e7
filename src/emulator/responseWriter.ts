import type { IncomingMessage, ServerResponse } from "node:http";
import type { WireResponse } from "../testing/wire/wire.js";

/** How long a client may keep sending a body that was rejected. */
const lingerInMs = 1000;

/** Writes a response with its headers spelled as given and with the framing that it asks for. */
export function writeResponse(
  answer: WireResponse,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const headers = answer.headers.flat();
  // HTTP/1.0 clients don't support chunks: their response ends when the connection closes.
  if (answer.chunked && message.httpVersion !== "1.0") headers.push("Transfer-Encoding", "chunked");
  if (!message.complete) {
    headers.push("Connection", "close");
    response.once("finish", () => discardRest(message));
  }
  response.sendDate = false;
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}

/** Closing at once would reset the connection, and the client might never see the response. */
function discardRest(message: IncomingMessage): void {
  message.resume();
  setTimeout(() => message.socket.destroy(), lingerInMs).unref();
}
