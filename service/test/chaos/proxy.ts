import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  readonly port: number;
  /** Leaves the open connections as they are, but nothing passes through them any longer: no data, no end, no reset. */
  freezeConnections(): void;
  /** Ends the open connections. */
  cut(): void;
  close(): void;
}

/** Forwards connections to a port of this machine. */
export async function startProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      sockets.add(from);
      from.on("data", (chunk) => {
        if (pairs.has(pair)) to.write(chunk);
      });
      from.on("error", () => {});
      from.once("close", () => {
        sockets.delete(from);
        if (pairs.delete(pair)) to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    freezeConnections: () => pairs.clear(),
    cut,
    close: () => {
      server.close();
      cut();
    },
  };
}
