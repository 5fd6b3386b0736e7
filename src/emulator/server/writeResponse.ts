import type { IncomingMessage, ServerResponse } from "node:http";
import type { WireResponse } from "../../testing/wire/wire.js";

/** How long a client may take for each piece of a response. It is in memory until then. */
export const pieceLimitInMs = 30_000;
const pieceInBytes = 64 * 1024;

/**
 * Writes a response with its headers spelled as given and with the framing that it asks for, and ends the connection if
 * its client stops reading.
 */
export function writeResponse(
  { status, headers, body = new Uint8Array(), chunked, breaksOff }: WireResponse,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const lines = headers.flat();
  // HTTP/1.0 clients don't support chunks: their response ends when the connection closes.
  if (chunked && message.httpVersion !== "1.0") lines.push("Transfer-Encoding", "chunked");
  if (!message.complete) lines.push("Connection", "close");
  response.sendDate = false;
  response.writeHead(status, lines);
  const stalled = setTimeout(() => response.destroy(), pieceLimitInMs);
  response.once("close", () => clearTimeout(stalled));
  const send = (rest: Uint8Array) => {
    stalled.refresh();
    if (breaksOff) response.write(rest, () => response.destroy());
    else if (rest.length <= pieceInBytes || response.destroyed) response.end(rest);
    else response.write(rest.subarray(0, pieceInBytes), () => send(rest.subarray(pieceInBytes)));
  };
  send(body);
}
