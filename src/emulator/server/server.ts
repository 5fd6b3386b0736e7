import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { ConnectionDroppedError, ConnectionLostError, type Respond } from "../../testing/wire/wire.js";
import type { Log } from "../options/log.js";
import type { EmulatorOptions } from "../options/options.js";
import { receiveRequest } from "./receiveRequest.js";
import { createTlsServer } from "./tlsServer.js";
import { writeResponse } from "./writeResponse.js";

/** How long open requests may take to finish when the server closes. */
const closeGraceInMs = 2000;

type ClientError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

/** Creates an HTTP or HTTPS server that no request can crash. */
export async function createEmulatorServer(
  respond: Respond,
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
      writeResponse(await respond(receiveRequest(message, scheme)), message, response);
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
  });
}
