import type { Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import { makeCertificates } from "../helpers/certificates.js";
import { temporaryFolder } from "../helpers/temporaryFolder.js";
import { startRawServer } from "../transport/servers.js";

const { cert, key } = makeCertificates();

/** Sends a byte now and then for as long as the connection lives. */
function trickle(socket: Socket): void {
  const timer = setInterval(() => socket.write(" "), 50);
  socket.once("close", () => clearInterval(timer));
}

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";

describe("the emulator that finds its port in use", () => {
  it.each([
    ["http", "http", "Use that one"],
    ["http", "https", "It speaks http, not https: stop it"],
    ["https", "http", "It speaks https, not http: stop it"],
    ["https", "https", "Use that one"],
  ])("is told about the emulator on %s that has it, and what to do for %s", async (theirs, own, advice) => {
    const optionsOf = (scheme: string) => (scheme === "https" ? { tls: { cert, key } } : {});
    const { url, close } = await startEmulator(optionsOf(theirs));
    onTestFinished(close);
    const port = Number(new URL(url).port);
    await expect(startEmulator({ ...optionsOf(own), port })).rejects.toMatchObject({
      code: "EADDRINUSE",
      message: `An emulator is already running on ${url}. ${advice}, or choose another port`,
    });
  });

  it("leaves its data file to another one", async () => {
    const { url, close } = await startEmulator();
    onTestFinished(close);
    const data = join(temporaryFolder(), "data");
    const port = Number(new URL(url).port);
    await expect(startEmulator({ port, data })).rejects.toThrow("An emulator is already running");
    const other = await startEmulator({ data });
    await other.close();
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
