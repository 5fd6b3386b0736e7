import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { randomFrom } from "./random.js";

export interface FaultyServer {
  readonly origin: string;
  readonly counts: { requests: number; connections: number; open: number };
}

type Answer = (response: ServerResponse) => void;

const token = JSON.stringify({ token: "t".repeat(900), expiresOn: "2030-01-02T03:04:05Z" });
const json = { "content-type": "application/json" };

const good: Answer = (response) => response.writeHead(200, json).end(token);

/** One in three requests meets one of these. */
const faults: readonly Answer[] = [
  (response) => response.writeHead(500, json).end('{"error":{"code":"Busy","message":"later"}}'),
  (response) => response.writeHead(429, { "retry-after-ms": "2" }).end(),
  (response) => response.writeHead(429).end(),
  (response) =>
    response.writeHead(401, { ...json, date: new Date(0).toUTCString() }).end('{"error":{"code":"Denied"}}'),
  (response) => response.writeHead(404).end("<html></html>"),
  (response) => response.writeHead(200, json).end(token.slice(0, 100)),
  (response) => response.writeHead(200, { ...json, "content-length": "2000" }).write(token),
  (response) => response.socket?.destroy(),
  (response) => {
    response.writeHead(200, { ...json, "content-length": "2000" }).write(token);
    setTimeout(() => response.socket?.destroy(), 2);
  },
  (response) => void response.socket?.end("HTTP/1.1 nonsense\r\n\r\n"),
  (response) => response.writeHead(307, { location: "/identities/again" }).end(),
  (response) => response.writeHead(307, { location: "http://elsewhere.invalid/" }).end(),
  (response) => void setTimeout(() => good(response), 8),
  // Silence, until the client gives up.
  () => undefined,
];

/** A server on a free loopback port whose faults follow from a seed. */
export async function startFaultyServer(): Promise<FaultyServer> {
  const counts = { requests: 0, connections: 0, open: 0 };
  const random = randomFrom(7);
  const server = createServer((request, response) => {
    request.resume();
    counts.requests++;
    const isFault = random() < 1 / 3;
    const answer = isFault ? faults[Math.floor(random() * faults.length)] : good;
    response.on("error", () => undefined);
    answer?.(response);
  });
  server.on("connection", (socket) => {
    counts.connections++;
    counts.open++;
    socket.on("close", () => counts.open--);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, counts };
}
