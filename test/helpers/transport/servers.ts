import { createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { FaultServer, type FaultServerOptions, type Reply } from "../../faults/servers/faultServer.js";
import { serve } from "../server.js";
import { unitTimeLimit } from "../timeLimit.js";

/** Starts a server like `FaultServer.start`, which closes when the test ends. */
export async function startFaultServer(
  replies: Reply | readonly Reply[],
  options: FaultServerOptions = {},
): Promise<FaultServer> {
  const server = await FaultServer.start(typeof replies === "function" ? [replies] : replies, options);
  onTestFinished(() => server.close());
  return server;
}

/** Starts a server that passes each connection to the test at its first data. It closes when the test ends. */
export function startRawServer(onFirstBytes: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => onFirstBytes(socket));
  });
  return serve(server);
}

/** Waits a turn of the event loop, after which undici can reuse the connection of a response. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when a condition holds, and rejects if that takes too long. */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + unitTimeLimit / 2;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`It never came about that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
