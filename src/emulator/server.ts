import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { optionError } from "../testing/validation/check.js";
import { dispatch } from "../testing/wire/dispatch.js";
import { ConnectionDroppedError, ConnectionLostError, type WireResponse } from "../testing/wire/wire.js";
import type { EmulatorContext } from "./emulatorContext.js";
import type { Log } from "./log.js";
import type { EmulatorOptions } from "./options.js";
import { wireRequest } from "./requestReader.js";
import { emulatorRouting } from "./routing.js";

/** How long open requests may take to finish when the server closes. */
const closeGraceInMs = 2000;
/** How long a client may take for each piece of a response. It is in memory until then. */
export const pieceLimitInMs = 30_000;
const pieceInBytes = 64 * 1024;
type ClientError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

/** Creates an HTTP or HTTPS server that no request can crash. */
export async function createEmulatorServer(
  context: EmulatorContext,
  log: Log,
  tls: EmulatorOptions["tls"],
): Promise<Server> {
  const scheme = tls ? "https" : "http";
  const listener: RequestListener = async (message, response) => {
    response.on("error", () => {});
    // Node keeps only the first Host header, and a proxy in front may have used another one.
    if ((message.headersDistinct.host?.length ?? 0) > 1) {
      response.writeHead(400, { Connection: "close" }).end();
      return;
    }
    try {
      write(await dispatch(emulatorRouting, context, wireRequest(message, scheme)), message, response);
    } catch (error) {
      response.destroy();
      if (error instanceof ConnectionDroppedError) return;
      log({
        level: error instanceof ConnectionLostError ? "debug" : "error",
        message: `A request failed: ${error}`,
      });
    }
  };
  const options = { maxHeaderSize: 32 * 1024, keepAliveTimeout: 60_000 };
  const server = tls ? await createTlsServer(options, tls, listener) : createServer(options, listener);
  // Node would drop the headers after the 2000th without a word. Their size has a limit, which includes them all.
  server.maxHeadersCount = 0;
  server.on("clientError", (error: ClientError, socket: Duplex) => {
    // TLS begins with a 22 (RFC 8446 5.1). Some of Microsoft's clients make https of any connection string.
    if (!tls && error.rawPacket?.[0] === 22) {
      const message = "A client speaks https to this port, and the emulator http: start it with --https";
      log({ level: "warn", message });
    }
    refuseMalformed(error, socket);
  });
  // A client may close its half of the connection after its request and still wait for the response.
  return Object.assign(server, { httpAllowHalfOpen: true });
}

/**
 * Writes a response with its headers spelled as given and with the framing that it asks for, and ends the connection if
 * its client stops reading.
 */
function write(
  { status, headers, body = new Uint8Array(), chunked }: WireResponse,
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
    if (rest.length <= pieceInBytes || response.destroyed) response.end(rest);
    else response.write(rest.subarray(0, pieceInBytes), () => send(rest.subarray(pieceInBytes)));
  };
  send(body);
}

/** Answers what isn't HTTP as Node does by default. */
function refuseMalformed({ code = "" }: ClientError, socket: Duplex): void {
  const status = malformedStatus[code] ?? (code.startsWith("HPE_") ? "400 Bad Request" : undefined);
  if (!status || !socket.writable) socket.destroy();
  else socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
}

const malformedStatus: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** @throws TypeError naming the part that can't be used. */
async function createTlsServer(
  options: ServerOptions,
  { cert, key }: NonNullable<EmulatorOptions["tls"]>,
  listener: RequestListener,
): Promise<Server> {
  // Loaded lazily: loading TLS takes a third of the startup time.
  const [https, { createSecureContext }] = await Promise.all([import("node:https"), import("node:tls")]);
  const tryPem = (name: string, text: string, parts: object) => {
    try {
      if (!text) throw new Error("it is empty");
      createSecureContext(parts);
    } catch (error) {
      throw optionError(name, `can't be used: ${error instanceof Error ? error.message : "unknown"}`);
    }
  };
  tryPem("tls.cert", cert, { cert });
  // Checking the key together with the certificate also detects the key of another certificate.
  tryPem("tls.key", key, { cert, key });
  const server = https.createServer({ ...options, cert, key }, listener);
  // The option of this name would also keep connections that the client closes before its handshake.
  server.prependListener("secureConnection", (socket: Socket) => {
    socket.allowHalfOpen = true;
  });
  forgetUnsecuredOnClose(server);
  return server;
}

/**
 * Makes the server drop connections without a finished handshake, such as those of a port scan, when it closes. Node
 * would wait for them, because it closes only the idle connections that speak HTTP.
 */
function forgetUnsecuredOnClose(server: Server): void {
  const unsecured = new Map<string, Socket>();
  // The TLS socket and the TCP socket below it are different objects.
  const peerOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;
  server.on("connection", (socket: Socket) => {
    const peer = peerOf(socket);
    unsecured.set(peer, socket);
    socket.once("close", () => {
      if (unsecured.get(peer) === socket) unsecured.delete(peer);
    });
  });
  server.on("secureConnection", (socket: Socket) => unsecured.delete(peerOf(socket)));
  const closeIdleConnections = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    closeIdleConnections();
    for (const socket of unsecured.values()) socket.destroy();
  };
}

/** Resolves with the port. Rejects with the error of `node:net`, for example with the code `EADDRINUSE`. */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Stops accepting requests, lets open ones finish for up to 2 seconds, and closes all connections. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), closeGraceInMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
