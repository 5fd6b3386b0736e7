import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { serve } from "../server.js";

export interface ProxyServer {
  readonly port: number;
  /** The hosts of requested tunnels, and the URLs of forwarded requests. */
  readonly targets: readonly string[];
  readonly authorizations: readonly (string | undefined)[];
  /** Returns how many tunnels are open. */
  open(): number;
}

/**
 * Starts a proxy that tunnels, and forwards plain http for clients on node:http. It closes when the test ends.
 *
 * @param tls - The certificate and key of a proxy that is reached over TLS.
 */
export async function startProxy(tls?: ServerOptions): Promise<ProxyServer> {
  const targets: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const note = (target: string, incoming: IncomingMessage) => {
    targets.push(target);
    authorizations.push(incoming.headers["proxy-authorization"]);
  };
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    note(incoming.url ?? "", incoming);
    const forwarded = send(
      incoming.url ?? "",
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(forwarded);
  };
  const server = tls ? createTlsServer(tls, onRequest) : createServer(onRequest);
  server.on("connect", (incoming: IncomingMessage, client: Socket) => {
    note(incoming.url ?? "", incoming);
    const [host = "", port = ""] = (incoming.url ?? "").split(/:(?=\d+$)/);
    const upstream = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    }
  });
  const port = await serve(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { port, targets, authorizations, open: () => sockets.size / 2 };
}
