import type { RequestListener, Server, ServerOptions } from "node:http";
import type { Socket } from "node:net";
import { optionError } from "../../testing/validation/check.js";
import type { EmulatorOptions } from "../options/options.js";

/**
 * Creates a server for HTTPS.
 * @throws TypeError naming the part of `tls` that can't be used.
 */
export async function createTlsServer(
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
  // The server's option `allowHalfOpen` would also keep connections that the client closes before its handshake.
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
  const peerAddress = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;
  server.on("connection", (socket: Socket) => {
    const peer = peerAddress(socket);
    unsecured.set(peer, socket);
    socket.once("close", () => {
      if (unsecured.get(peer) === socket) unsecured.delete(peer);
    });
  });
  server.on("secureConnection", (socket: Socket) => unsecured.delete(peerAddress(socket)));
  const closeIdleConnections = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    closeIdleConnections();
    for (const socket of unsecured.values()) socket.destroy();
  };
}
