import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import { makeCertificates } from "../../../helpers/certificates.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";
import { startRawServer } from "../../../helpers/transport/servers.js";

const { cert, key } = makeCertificates();
const shownHosts: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]" };
const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";

describe("the emulator that finds its port in use", () => {
  it.each([
    ["http", "http", "127.0.0.1", "Use that one"],
    ["http", "https", "127.0.0.1", "It speaks http, not https: stop it"],
    ["https", "http", "localhost", "It speaks https, not http: stop it"],
    ["https", "https", "::1", "Use that one"],
    ["http", "http", "0.0.0.0", "Use that one"],
    ["http", "http", "::", "Use that one"],
  ])(
    "is told about the emulator on %s that has it, and what to do for %s on %s",
    async (theirs, own, host, advice) => {
      const optionsOf = (scheme: string) => ({ host, ...(scheme === "https" && { tls: { cert, key } }) });
      const { url, close } = await startEmulator(optionsOf(theirs));
      onTestFinished(close);
      const port = Number(new URL(url).port);
      expect(url).toBe(`${theirs}://${shownHosts[host] ?? host}:${port}`);
      await expect(startEmulator({ ...optionsOf(own), port })).rejects.toMatchObject({
        name: "ListenError",
        code: "EADDRINUSE",
        message: `An emulator is already running on ${url}. ${advice}, or choose another port`,
      });
    },
  );

  it("leaves its data file to another one", async () => {
    const { url, close } = await startEmulator();
    onTestFinished(close);
    const data = join(temporaryFolder(), "data");
    const port = Number(new URL(url).port);
    await expect(startEmulator({ port, data })).rejects.toThrow("An emulator is already running");
    const other = await startEmulator({ data });
    await other.close();
  });

  it.each([
    ["nothing", ""],
    ["no JSON", `${head}connectionString`],
    ["null", `${head}null`],
    ["JSON of another program", `${head}{"connectionString":1}`],
  ])("gives up on a program that answers %s", async (_, answer) => {
    const port = await startRawServer((socket) => void socket.end(answer));
    await expect(startEmulator({ port })).rejects.toThrow(`127.0.0.1:${port}. Choose another port or host`);
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

  it("gives up on a program that hasn't answered in 2 seconds", async () => {
    const limit = new AbortController();
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(limit.signal);
    const port = await startRawServer((socket) => {
      socket.write(head);
      setImmediate(() => limit.abort());
    });
    await expect(startEmulator({ port })).rejects.toThrow(`127.0.0.1:${port}. Choose another port or host`);
    expect(timeout.mock.calls[0]).toEqual([2000]);
  });
});

it("the emulator that can't have its address says so, with the system's code", async () => {
  await expect(startEmulator({ host: "192.0.2.1" })).rejects.toMatchObject({
    name: "ListenError",
    code: "EADDRNOTAVAIL",
    message: "listen EADDRNOTAVAIL: address not available 192.0.2.1. Choose another port or host",
    cause: { code: "EADDRNOTAVAIL" },
  });
});
