import type { ServerResponse } from "node:http";
import type { WireResponse } from "../testing/wire/wire.js";

/** Writes an answer with its headers spelled as they are, and with the framing that it asks for. */
export function writeResponse(answer: WireResponse, response: ServerResponse): void {
  const headers = answer.headers.flat();
  if (answer.chunked) headers.push("Transfer-Encoding", "chunked");
  response.sendDate = false;
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}
