// Responses damaged on the wire, each with secrets of the request or of the response in the damaged part.
import { startFaultServer } from "../../../helpers/transport/servers.js";
import type { Given } from "./echoes.js";

/** A reply that is written to the socket, which is then closed; undefined leaves it open and silent. */
export interface WireFault {
  readonly name: string;
  readonly reply: (given: Given, port: number) => string | undefined;
}

export const wireFaults: readonly WireFault[] = [
  { name: "an echo as a page", reply: (given) => http("400 Bad Request", "text/html", all(given)) },
  {
    name: "an echo as an error",
    reply: (given) => http("401 Unauthorized", "application/json", error(given)),
  },
  { name: "an echo as a server error", reply: (given) => http("503 Busy", "application/json", error(given)) },
  { name: "an echo in the status text", reply: (given) => http(`400 ${sent(given)}`, "text/plain", "") },
  { name: "a truncated token", reply: (given) => cut(http("200 OK", "application/json", token(given)), 9) },
  {
    name: "a token shorter than its Content-Length",
    reply: (given) => http("200 OK", "application/json", token(given), 9),
  },
  { name: "a token under a wrong status", reply: (given) => http("201 Created", "text/html", token(given)) },
  {
    name: "a credential as content type",
    reply: (given) => http("201 Created", credential(given), token(given)),
  },
  { name: "a credential as encoding", reply: (given) => encoded(credential(given), token(given)) },
  {
    name: "an interim response",
    reply: (given) => `HTTP/1.1 103 Early\r\nX: ${sent(given)}\r\n\r\n`,
  },
  { name: "a token labelled as gzip", reply: (given) => encoded("gzip", token(given)) },
  {
    name: "chunks without sizes",
    reply: (given) => `${head("200 OK")}Transfer-Encoding: chunked\r\n\r\n${token(given)}`,
  },
  {
    name: "a truncated chunk",
    reply: (given) => `${head("200 OK")}Transfer-Encoding: chunked\r\n\r\nfff\r\n${token(given)}`,
  },
  {
    name: "a header with NUL",
    reply: (given) => `${head("200 OK")}X: ${all(given)}\0\r\n\r\n${token(given)}`,
  },
  { name: "a header without a name", reply: (given) => `${head("200 OK")}: ${sent(given)}\r\n\r\n` },
  {
    name: "a header that is too long",
    reply: (given) => `${head("200 OK")}X: ${all(given).repeat(200)}\r\n\r\n`,
  },
  {
    name: "an invalid status",
    reply: (given) => `HTTP/1.1 ${given.authorization}\r\n\r\n${token(given)}`,
  },
  { name: "something other than HTTP", reply: (given) => `${token(given)}\n${all(given)}\n` },
  {
    name: "two content lengths",
    reply: (given) => `${head("200 OK")}Content-Length: 4\r\nContent-Length: 5\r\n\r\n${token(given)}`,
  },
  {
    name: "a body that is too long",
    reply: (given) => http("200 OK", "application/json", token(given).repeat(8000)),
  },
  {
    name: "a redirect to itself",
    reply: (given, port) => redirect(`http://127.0.0.1:${port}/?${encodeURIComponent(sent(given))}`),
  },
  {
    name: "a redirect elsewhere",
    reply: (given) => redirect(`http://elsewhere.invalid/?${encodeURIComponent(sent(given))}`),
  },
  { name: "a redirect to an invalid URL", reply: (given) => redirect(`http://[${sent(given)}`) },
  { name: "an empty reply", reply: () => "" },
  { name: "silence", reply: () => undefined },
];

export interface WireServer {
  readonly origin: string;
  /** The `Authorization` header of each request. */
  readonly authorizations: readonly string[];
  /** Called when a request has arrived that gets no reply. */
  onSilence: () => void;
}

/** Starts a server on a free loopback port that reads whole requests and answers each with the fault. */
export async function startWireServer(fault: WireFault, issuedToken: string): Promise<WireServer> {
  const authorizations: string[] = [];
  const server = await startFaultServer(({ request, socket }) => {
    const authorization = request.headers.get("authorization") ?? "";
    authorizations.push(authorization);
    const reply = fault.reply({ authorization, body: request.body.toString(), issuedToken }, server.port);
    if (reply !== undefined) socket.end(Buffer.from(reply, "latin1"));
    else wire.onSilence();
  });
  const wire: WireServer = { origin: server.url, authorizations, onSilence: () => undefined };
  return wire;
}

function all({ authorization, body, issuedToken }: Given): string {
  return `${authorization} ${body} ${issuedToken}`;
}

function credential({ authorization }: Given): string {
  return authorization.replace(/^.*[ =](?=.{20})/, "");
}

function error(given: Given): string {
  return JSON.stringify({ error: { code: given.authorization, message: all(given) } });
}

function token({ issuedToken }: Given): string {
  return JSON.stringify({
    token: issuedToken,
    expiresOn: "2030-01-02T03:04:05Z",
    identity: { id: "8:acs:x" },
  });
}

function head(status: string): string {
  return `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\n`;
}

function http(status: string, type: string, body: string, missing = 0): string {
  const length = body.length + missing;
  return `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

function encoded(encoding: string, body: string): string {
  return `${head("200 OK")}Content-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** Returns the secrets of the request. The response's own token is left out, since it appears only in a body. */
function sent({ authorization, body }: Given): string {
  return `${authorization} ${body}`;
}

function redirect(location: string): string {
  return `${head("307 Temporary Redirect")}Location: ${location}\r\nContent-Length: 0\r\n\r\n`;
}

function cut(text: string, length: number): string {
  return text.slice(0, -length);
}
