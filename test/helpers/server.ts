import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";
import { onTestFinished } from "vitest";
import { answerHeaders, answerText, type CannedAnswer } from "./stubTransport.js";

/** A request as received over the wire. */
export interface WireRequest {
  readonly method: string;
  /** The request target, undecoded. */
  readonly target: string;
  /** Name and value pairs, in their original spelling and order. */
  readonly rawHeaders: readonly (readonly [string, string])[];
  readonly body: string;
}

export interface RecordingServer {
  /** Scheme, address and port. */
  readonly origin: string;
  readonly port: number;
  readonly requests: readonly WireRequest[];
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly host?: string;
  /** Certificate and key. Makes the server speak TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Starts a server on a free loopback port that records each request. It closes when the test ends. */
export async function startServer(
  answer: (request: WireRequest, count: number) => CannedAnswer,
  { host = "127.0.0.1", tls }: ServerOptions = {},
): Promise<RecordingServer> {
  const requests: WireRequest[] = [];
  const listener = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await readWireRequest(incoming);
    requests.push(request);
    const said = answer(request, requests.length);
    outgoing.writeHead(said.status, answerHeaders(said)).end(answerText(said));
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  const port = await listen(server, host);
  const close = closer(server);
  onTestFinished(close);
  const shown = host.includes(":") ? `[${host}]` : host;
  return { origin: `${tls ? "https" : "http"}://${shown}:${port}`, port, requests, close };
}

export async function readWireRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method = "", url: target = "", rawHeaders: flat } = incoming;
  const rawHeaders = flat.flatMap((name, index) =>
    index % 2 === 0 ? [[name, flat[index + 1] ?? ""] as const] : [],
  );
  return { method, target, rawHeaders, body: Buffer.concat(chunks).toString("utf8") };
}

/** Lets a server listen on a free loopback port until the test ends, and its connections with it. Returns the port. */
export function serve(server: NetServer, host?: string): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)));
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listen(server, host);
}

/** Listens on a free port and returns it. */
export function listen(server: NetServer, host = "127.0.0.1"): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function closer(server: Server): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

/** Returns the value of a header as sent, or undefined. `name` is in lower case. */
export function wireHeader(request: WireRequest | undefined, name: string): string | undefined {
  return request?.rawHeaders.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** Returns the header names in lower case, sorted, including duplicates. */
export function headerNames(request: WireRequest | undefined): string[] {
  return (request?.rawHeaders ?? []).map(([name]) => name.toLowerCase()).toSorted();
}
