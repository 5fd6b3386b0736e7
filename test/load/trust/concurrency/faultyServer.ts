// A server, and proxies in front of it, that behave as each run's plan says.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { makeCertificates } from "../../../helpers/certificates.js";
import { serve } from "../../../helpers/server.js";
import type { Answer } from "./plan.js";

/** A server whose addresses can be passed to another process as JSON. */
export interface FaultyServer {
  readonly origin: string;
  readonly secureOrigin: string;
  /** Ports on 127.0.0.1. */
  readonly proxies: { readonly tunnel: number; readonly refusingProxy: number; readonly silentProxy: number };
  /** The certificate authority that a client must trust, in PEM. */
  readonly ca: string;
  readonly counts: {
    requests: number;
    /** Returns the number of connections that wait for the rest of a response. The end of an attempt ends its own. */
    waiting: () => number;
    /** Returns the number of all open connections. */
    open: () => number;
  };
}

type Send = (response: ServerResponse, request: IncomingMessage) => void;

const token = JSON.stringify({ token: "t".repeat(900), expiresOn: "2030-01-02T03:04:05Z" });
const json = { "content-type": "application/json" };
const claims = Buffer.from('{"access_token":{"nbf":{"essential":true}}}').toString("base64");

const good: Send = (response) => response.writeHead(200, json).end(token);

const sends: Record<Answer, Send> = {
  good,
  busy: (response) => response.writeHead(500, json).end('{"error":{"code":"Busy","message":"later"}}'),
  slow: (response) => void setTimeout(() => good(response, response.req), 6),
  throttled: (response) => response.writeHead(429, { "retry-after-ms": "2" }).end(),
  wrongClock: (response) => response.writeHead(401, { ...json, date: new Date(0).toUTCString() }).end("{}"),
  challenge: (response) =>
    response
      .writeHead(401, { "www-authenticate": `Bearer error="insufficient_claims", claims="${claims}"` })
      .end(),
  notFound: (response) => response.writeHead(404).end("<html></html>"),
  cutBody: (response) => response.writeHead(200, json).end(token.slice(0, 100)),
  halfBody: (response) => response.writeHead(200, { ...json, "content-length": "2000" }).write(token),
  resetBody: (response) => {
    response.writeHead(200, { ...json, "content-length": "2000" }).write(token);
    setTimeout(() => response.socket?.destroy(), 2);
  },
  reset: (response) => response.socket?.destroy(),
  nonsense: (response) => void response.socket?.end("HTTP/1.1 nonsense\r\n\r\n"),
  redirect: (response) => response.writeHead(307, { location: "/identities/again" }).end(),
  foreignRedirect: (response) => response.writeHead(307, { location: "http://elsewhere.invalid/" }).end(),
  switchedProtocols: (response) =>
    void response.socket?.write(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    ),
  // Stays silent until the client gives up.
  silence: () => undefined,
};

/** Starts the server and the proxies on free loopback ports. They close when the test ends. */
export async function startFaultyServer(): Promise<FaultyServer> {
  const sockets = new Set<Socket>();
  const waiting = new Set<Socket>();
  const attempts = new Map<string, number>();
  const counts = { requests: 0, waiting: () => waiting.size, open: () => sockets.size };

  const answer: RequestListener = (request, response) => {
    request.resume();
    counts.requests++;
    const run = String(request.headers["x-run"]);
    const plan = String(request.headers["x-answers"]).split(",") as Answer[];
    const attempt = attempts.get(run) ?? 0;
    attempts.set(run, attempt + 1);
    const { socket } = request;
    waiting.add(socket);
    response.on("finish", () => waiting.delete(socket)).on("error", () => undefined);
    sends[plan[Math.min(attempt, plan.length - 1)] ?? "good"](response, request);
  };
  const listen = (server: Server): Promise<number> => {
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
    });
    return serve(server);
  };
  const endWaiting = (server: Server, event: string): Server =>
    server.on(event, (socket: Socket) => {
      socket.on("close", () => waiting.delete(socket));
    });

  const { ca, cert, key } = makeCertificates();
  const plain = await listen(endWaiting(createServer(answer), "connection"));
  const secure = await listen(endWaiting(createTlsServer({ cert, key }, answer), "secureConnection"));
  const tunnel = createServer().on("connect", (_request, client: Socket) => {
    const upstream = connect(secure, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
  });
  const refusing = createServer().on("connect", (_request, client: Socket) => {
    client.on("error", () => undefined);
    client.end(`HTTP/1.1 ${counts.requests % 2 ? 407 : 503} Refused\r\nRetry-After: 60\r\n\r\n`);
  });
  const silent = createTcpServer((socket) => {
    waiting.add(socket);
    socket.resume().on("close", () => waiting.delete(socket));
  });
  return {
    origin: `http://127.0.0.1:${plain}`,
    secureOrigin: `https://127.0.0.1:${secure}`,
    proxies: {
      tunnel: await listen(tunnel),
      refusingProxy: await listen(refusing),
      silentProxy: await listen(silent),
    },
    ca,
    counts,
  };
}
