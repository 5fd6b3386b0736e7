import { once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../src/emulator/index.js";
import { head, isHealthy, statusesIn } from "../../helpers/emulator/rawSocket.js";

async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

/** Opens connections, sends the start of a request on each, and leaves them open. */
async function openMany(url: string, count: number, start: (index: number) => string): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, (_, index) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(start(index));
    return socket;
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
  return sockets;
}

describe("three hundred slow clients", () => {
  it.each([
    ["sending headers", () => "POST /identities HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "],
    ["sending bodies", () => "POST /identities HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"],
    [
      "sending chunks",
      () => "POST /identities HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
    ["sending nothing", () => ""],
  ])("%s block neither other clients nor close", async (_, text) => {
    const emulator = await startEmulator();
    const sockets = await openMany(emulator.url, 300, text);
    const feed = setInterval(() => {
      for (const socket of sockets) if (text()) socket.write("a");
    }, 20);
    onTestFinished(() => clearInterval(feed));
    for (let count = 0; count < 10; count++) {
      expect(await isHealthy(emulator.url)).toBe(true);
    }
    await emulator.close();
    await expect.poll(() => sockets.every((socket) => socket.closed)).toBe(true);
  });
});

describe("the emulator", () => {
  it("answers a client with a body of 20 MB with 413 every time", async () => {
    const { url } = await start();
    for (let count = 0; count < 2; count++) {
      const outgoing = request(`${url}/identities`, { method: "POST" }).end(Buffer.alloc(20_000_000, 32));
      const [response] = await once(outgoing, "response");
      expect(response.resume().statusCode).toBe(413);
    }
  });

  it("doesn't read a body that a foreign page sends to the admin API", async () => {
    const emulator = await start();
    const before = process.memoryUsage().arrayBuffers;
    const headers = ["Origin: https://evil.example", "Content-Length: 400000000"];
    const socket = connect(Number(new URL(emulator.url).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    let received = "";
    socket
      .on("error", () => undefined)
      .on("data", (chunk) => {
        received += chunk;
      });
    socket.write(head("POST /_emulator/snapshot HTTP/1.1", ...headers));
    const piece = Buffer.alloc(1_000_000, 32);
    for (let count = 0; count < 64 && socket.writable; count++) {
      await new Promise((resolve) => socket.write(piece, resolve));
    }
    await expect.poll(() => statusesIn(received)).toEqual([403]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32_000_000);
    expect(await isHealthy(emulator.url)).toBe(true);
  });
});
