import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** The latest request of a connection. */
interface Turn {
  readonly message: IncomingMessage;
  /** Resolves when the connection's earlier requests have their responses. */
  readonly begins: Promise<void>;
  /** Resolves when this one has been, too. */
  readonly ends: Promise<void>;
  /** How many requests of the connection have no response yet. */
  readonly open: { count: number };
}

/** How many requests a client may send before it reads their responses. Each takes some kilobytes until then. */
const mostOpen = 1000;

/**
 * Lets the requests of a connection take turns. Node starts all pipelined requests at once, so that a packet of a
 * thousand small requests would create a thousand large responses, and hold them until the client reads.
 */
export class ConnectionTurns {
  readonly #latest = new WeakMap<Duplex, Turn>();

  /**
   * Runs a request once the client has read the responses to the connection's earlier requests. Ends a connection that
   * sends too many before.
   */
  take(message: IncomingMessage, response: ServerResponse, run: () => Promise<void>): void {
    const { socket } = message;
    const { ends: begins = Promise.resolve(), open = { count: 0 } } = this.#latest.get(socket) ?? {};
    if (open.count === mostOpen) socket.destroy();
    open.count++;
    const ends = begins.then(async () => {
      if (socket.destroyed) return;
      const closed = new Promise((resolve) => response.once("close", resolve));
      await run();
      await closed;
      open.count--;
    });
    this.#latest.set(socket, { message, begins, ends, open });
  }

  /** Resolves when every request that arrived completely on a connection has its response. */
  async settled(socket: Duplex): Promise<void> {
    const latest = this.#latest.get(socket);
    await (latest?.message.complete ? latest.ends : latest?.begins);
  }
}
