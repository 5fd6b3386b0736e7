// A server on raw sockets: it parses requests, and a reply can do anything with the connection.
import net from "node:net";
import tls from "node:tls";
import { type ReceivedRequest, RequestReader } from "./requestReader.js";

export interface Exchange {
  readonly request: ReceivedRequest;
  readonly socket: net.Socket;
  /** Runs an action after a delay, unless the connection has closed by then. */
  later(milliseconds: number, action: () => void): void;
}

export type Reply = (exchange: Exchange) => void;

export interface FaultServerOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The address to listen on. Default: 127.0.0.1. */
  readonly host?: string;
}

export class FaultServer {
  readonly requests: ReceivedRequest[] = [];
  /** How many connections were opened, including closed ones. */
  connections = 0;
  readonly #sockets = new Set<net.Socket>();
  #bytesOfClosed = 0;
  readonly #server: net.Server;
  readonly #options: FaultServerOptions;
  readonly #replies: readonly Reply[];

  /** Starts a server. The nth request gets the nth reply; further requests get the last one. */
  static async start(replies: readonly Reply[], options: FaultServerOptions = {}): Promise<FaultServer> {
    const server = new FaultServer(replies, options);
    await new Promise<void>((resolve, reject) => {
      server.#server.once("error", reject);
      server.#server.listen(0, options.host ?? "127.0.0.1", resolve);
    });
    return server;
  }

  private constructor(replies: readonly Reply[], options: FaultServerOptions) {
    this.#replies = replies;
    this.#options = options;
    const onConnection = (socket: net.Socket): void => this.#serve(socket);
    this.#server = options.tls ? tls.createServer(options.tls, onConnection) : net.createServer(onConnection);
    if (options.tls) this.#server.on("connection", () => this.connections++);
    this.#server.on("tlsClientError", () => {});
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address ? address.port : 0;
  }

  /** The base URL, without a trailing slash. */
  get url(): string {
    return this.urlAt(this.#options.host === "::1" ? "[::1]" : "127.0.0.1");
  }

  /** How many bytes were written to all connections so far, whether or not the client has read them. */
  get bytesSent(): number {
    return [...this.#sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, this.#bytesOfClosed);
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  urlAt(host: string): string {
    return `${this.#options.tls ? "https" : "http"}://${host}:${this.port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: net.Socket): void {
    if (!this.#options.tls) this.connections++;
    this.#sockets.add(socket);
    const timers = new Set<NodeJS.Timeout>();
    const reader = new RequestReader();
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#bytesOfClosed += socket.bytesWritten;
      for (const timer of timers) clearTimeout(timer);
    });
    socket.on("data", (chunk: Buffer) => {
      reader.push(chunk);
      for (let request = reader.next(); request; request = reader.next()) {
        const count = this.requests.push(request);
        const reply = this.#replies[Math.min(count, this.#replies.length) - 1];
        reply?.({
          request,
          socket,
          later: (milliseconds, action) => void timers.add(setTimeout(action, milliseconds).unref()),
        });
      }
    });
  }
}
