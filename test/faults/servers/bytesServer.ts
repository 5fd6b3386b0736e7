import net from "node:net";

export interface BytesServer {
  readonly number: number;
  readonly connections: number;
  close(): Promise<void>;
}

/** Starts a server that answers the first data on a connection with `bytes`, or with a reset if undefined. */
export async function startBytesServer(bytes: Buffer | undefined): Promise<BytesServer> {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.once("data", () => (bytes ? socket.end(bytes) : socket.resetAndDestroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    number: typeof address === "object" && address ? address.port : 0,
    get connections() {
      return sockets.length;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
