import type { Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import { startRawServer } from "../transport/servers.js";

/** Sends a byte now and then for as long as the connection lives. */
function trickle(socket: Socket): void {
  const timer = setInterval(() => socket.write(" "), 50);
  socket.once("close", () => clearInterval(timer));
}

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";

describe("the emulator that finds its port in use", () => {
  it.each([
    [{}, "Use that one"],
    [{ https: true }, "It speaks http, not https: stop it"],
  ])("is recognized as another emulator, and %j decides what to do about it", async (options, advice) => {
    const { url, close } = await startEmulator();
    onTestFinished(close);
    await expect(startEmulator({ ...options, port: Number(new URL(url).port) })).rejects.toMatchObject({
      code: "EADDRINUSE",
      message: `An emulator is already running on ${url}. ${advice}, or choose another port`,
    });
  });

  it("gives up on a program whose answer never ends", async () => {
    let sent = 0;
    const port = await startRawServer((socket) => {
      socket.write(head);
      const more = () => {
        while (!socket.destroyed && socket.write("a".repeat(65_536))) sent += 65_536;
        socket.once("drain", more);
      };
      more();
    });
    await expect(startEmulator({ port })).rejects.toThrow(`127.0.0.1:${port}. Choose another port or host`);
    // It has left what the sockets' buffers hold unread.
    expect(sent).toBeLessThan(64 * 2 ** 20);
  });

  it("gives up on a program that answers byte by byte", async () => {
    const port = await startRawServer((socket) => {
      socket.write(head);
      trickle(socket);
    });
    await expect(startEmulator({ port })).rejects.toThrow(`127.0.0.1:${port}. Choose another port or host`);
  });
});
