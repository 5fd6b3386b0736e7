import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Returns a port of the loopback address on which nothing listens. It is below those that systems give to connections and
 * to servers on port 0, so nobody else takes it before the test does.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer().listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
    } catch {
      continue;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}
