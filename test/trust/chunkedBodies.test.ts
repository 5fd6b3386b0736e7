import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { serve } from "../helpers/server.js";
import { transportNames } from "./helpers/transports.js";

const program = fileURLToPath(new URL("chunkedBodies/read.ts", import.meta.url));

const idLength = 1_000_000;

function responseWith(id: string): Buffer {
  const head = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  const body = JSON.stringify({ identity: { id } }).replace(/./g, "1\r\n$&\r\n");
  return Buffer.from(`${head}${body}0\r\n\r\n`);
}

const short = responseWith("8");
const long = responseWith("8".repeat(idLength));
const shorterLength = 300_000;
const shorter = responseWith("8".repeat(shorterLength));

const details = Buffer.from(`{"error":{"details":[${"{},".repeat(349_000)}{}]}}`);
const manyErrors = Buffer.concat([
  Buffer.from(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${details.length}\r\n\r\n`,
  ),
  details,
]);

/** Starts a server whose first response is short, and later ones aren't. */
async function startServer(later: Buffer): Promise<string> {
  let count = 0;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      if (chunk.includes("POST ")) socket.write(count++ === 0 ? short : later);
    });
  });
  return `http://127.0.0.1:${await serve(server)}`;
}

interface Reading {
  readonly lengths: readonly number[];
  readonly growthInMiB: number;
}

async function read(
  transport: string,
  atOnce: number,
  rounds: number,
  { heapInMiB = 256, later = long } = {},
): Promise<Reading> {
  const endpoint = await startServer(later);
  const args = [`--max-old-space-size=${heapInMiB}`, "--import", "tsx", program, transport, endpoint];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, String(atOnce), String(rounds)]);
  return JSON.parse(stdout);
}

it.each(transportNames)(
  "five bodies of a megabyte in chunks of one byte take at most 64 MiB over %s, one after the other",
  async (transport) => {
    const { lengths, growthInMiB } = await read(transport, 1, 5);
    expect(lengths).toEqual([idLength]);
    expect(growthInMiB).toBeLessThanOrEqual(64);
  },
);

it.each(transportNames)(
  "ten such bodies of 0.3 megabytes at once fit into a heap of 128 MiB over %s",
  async (transport) => {
    const { lengths } = await read(transport, 10, 1, { heapInMiB: 128, later: shorter });
    expect(lengths).toEqual([shorterLength]);
  },
);

it.each(transportNames)(
  "twelve errors of a megabyte fit into a heap of 512 MiB over %s",
  async (transport) => {
    const { lengths } = await read(transport, 12, 1, { heapInMiB: 512, later: manyErrors });
    expect(Math.min(...lengths)).toBe(-12);
  },
);
