import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** The latest request of a connection. */
interface Turn {
  readonly message: IncomingMessage;
  /** Resolves when the connection's earlier requests have their responses. */
  readonly begins: Promise<void>;
  /** Resolves when this one has been, too. */
  readonly ends: Promise<void>;
}

/**
 * Lets the requests of a connection take turns. Node starts all pipelined requests at once, so that a packet of a
 * thousand small requests would create a thousand large responses, and hold them until the client reads.
 */
export class ConnectionTurns {
  readonly #latest = new WeakMap<Duplex, Turn>();

  /** Runs a request once the client has read the responses to the connection's earlier requests. */
  take(message: IncomingMessage, response: ServerResponse, run: () => Promise<void>): void {
    const begins = this.#latest.get(message.socket)?.ends ?? Promise.resolve();
    const ends = begins.then(async () => {
      const closed = new Promise((resolve) => response.once("close", resolve));
      await run();
      await closed;
    });
    this.#latest.set(message.socket, { message, begins, ends });
  }

  /** Resolves when every request that arrived completely on a connection has its response. */
  async settled(socket: Duplex): Promise<void> {
    const latest = this.#latest.get(socket);
    await (latest?.message.complete ? latest.ends : latest?.begins);
  }
}
