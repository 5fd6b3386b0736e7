// Bytes that no client sends, or not in this order. requests.fuzz.test.ts has random ones.
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Emulator, type LogEntry, startEmulator } from "../../../../src/emulator/index.js";
import { exchange, head, isHealthy, statusesIn } from "../../../helpers/emulator/rawSocket.js";
import { signedHeaders } from "../../../helpers/testing/sign.js";
import { slowUnitTimeLimit } from "../../../helpers/timeLimit.js";

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

const target = "/identities?api-version=2023-10-01";

/** Returns the bytes of a signed creation. */
function creation({ url, service }: Emulator): string {
  const { host } = new URL(url);
  const headers = signedHeaders({ method: "POST", target, host, key: service.accessKey });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n${lines.join("")}\r\n`;
}

describe("the emulator", () => {
  it.each([
    ["noise", Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 167) % 256))],
    ["a TLS hello", Buffer.from("16030100050100000100", "hex")],
    ["no Host", "GET /identities HTTP/1.1\r\n\r\n"],
    [
      "a target with a broken escape",
      head("POST /identities/%E0%A4%A/:issueAccessToken?api-version=% HTTP/1.1"),
    ],
    ["a target that isn't a path", head("OPTIONS * HTTP/1.1")],
    ["a long target", head(`POST /identities/${"a".repeat(20_000)} HTTP/1.1`)],
  ])("answers %s with a 4xx or not at all, and serves the next request", async (_, bytes) => {
    expect(await exchange(emulator.url, bytes)).toMatch(
      typeof bytes === "string" ? /^HTTP\/1\.1 4/ : /^(HTTP\/1\.1 4|$)/,
    );
    expect(await isHealthy(emulator.url)).toBe(true);
  });
});

describe("a connection", () => {
  it.each([
    ["nonsense", "nonsense\r\n\r\n", 400],
    [
      "a body of malformed chunks",
      `POST ${target} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
      400,
    ],
    [
      "a chunk with a long extension",
      `POST ${target} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;${"a".repeat(20_000)}\r\nx\r\n`,
      413,
    ],
    ["headers of 31 KiB", head("GET / HTTP/1.1", "Connection: close", `X: ${"a".repeat(31_744)}`), 200],
    ["headers that are too long", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(33_000)}\r\n\r\n`, 431],
  ])("is closed after %s", async (_, bytes, status) => {
    const { url } = emulator;
    expect(statusesIn(await exchange(url, bytes, { end: false }))).toEqual([status]);
    expect(await isHealthy(url)).toBe(true);
  });

  it("is closed without a response by a fault that drops it", async () => {
    emulator.service.failNext({ drop: "before" });
    expect(await exchange(emulator.url, creation(emulator), { end: false })).toBe("");
  });

  it("gets the answers to hundreds of pipelined requests", { timeout: slowUnitTimeLimit }, async () => {
    const socket = connect(Number(new URL(emulator.url).port), "127.0.0.1").on("error", () => {});
    onTestFinished(() => void socket.destroy());
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk;
    });
    for (const count of [600, 1200]) {
      socket.write(head("GET /_emulator/health HTTP/1.1").repeat(600));
      await expect.poll(() => received.split("HTTP/1.1 200").length - 1).toBe(count);
    }
  });

  it("sees all of its headers, however many there are", async () => {
    const { url } = emulator;
    const { host } = new URL(url);
    const many = "a:1\r\n".repeat(3000);
    const answer = await exchange(url, `GET / HTTP/1.1\r\nHost: ${host}\r\n${many}Host: evil\r\n\r\n`, {
      end: false,
    });
    expect(statusesIn(answer)).toEqual([400]);
  });

  it("over https to an emulator that speaks http is closed, and the log says --https", async () => {
    const log: LogEntry[] = [];
    const { url, close } = await startEmulator({ onLog: (entry) => log.push(entry) });
    onTestFinished(close);
    await expect(fetch(url.replace("http:", "https:"))).rejects.toThrow();
    expect(log).toEqual([
      { level: "warn", message: expect.stringMatching(/https.*: start it with --https$/) },
    ]);
  });
});

describe("a body that is much too long", () => {
  it("gets 413 while it is still being sent, and the connection is closed", async () => {
    const { url, service } = emulator;
    const headers = ["Content-Type: application/json", "Content-Length: 1000000000"];
    const start = head("POST /identities HTTP/1.1", ...headers) + " ".repeat(400_000);
    const answer = await exchange(url, start, { end: false });
    // On Windows the reset that follows an answer may overtake it.
    if (answer || process.platform !== "win32") {
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(answer).toContain('"code":"RequestEntityTooLarge"');
      expect(answer.toLowerCase()).toContain("connection: close");
    }
    expect(await isHealthy(url)).toBe(true);
    expect(service.requests).toMatchObject([{ status: 413, body: "<1000000000 bytes>" }]);
  });
});

describe("a client that closes its half of the connection after a request", () => {
  it("gets its answer, and then the emulator closes the other half", async () => {
    const answer = await exchange(emulator.url, creation(emulator));
    expect(answer).toMatch(/^HTTP\/1\.1 201 /);
    const open = await startEmulator();
    await exchange(open.url, head("GET /_emulator/health HTTP/1.1"));
    await exchange(open.url, head("POST /identities HTTP/1.1", "Content-Length: 100"));
    // Timers stand still, so that no connection is ended after a grace period.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await open.close();
  });
});
