// Bytes that no client sends, or not in this order. requests.fuzz.test.ts has random ones.
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Emulator, type LogEntry, startEmulator } from "../../../src/emulator/index.js";
import { makeCertificates } from "../../helpers/certificates.js";
import { restoreContent, snapshotContent } from "../../helpers/snapshotContent.js";
import { slowUnitTimeLimit } from "../../helpers/timeLimit.js";
import { signedHeaders } from "../testing/sign.js";
import { exchange, head, isHealthy, statusesIn } from "./rawSocket.js";

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

async function start(options: Parameters<typeof startEmulator>[0]): Promise<Emulator> {
  const started = await startEmulator(options);
  onTestFinished(() => started.close());
  return started;
}

function raw(bytes: string | Buffer, options?: Parameters<typeof exchange>[2]): Promise<string> {
  return exchange(emulator.url, bytes, options);
}

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
  ])("survives %s", async (_, bytes) => {
    expect(await raw(bytes)).toMatch(typeof bytes === "string" ? /^HTTP\/1\.1 4/ : /^(HTTP\/1\.1 4|$)/);
    expect(await isHealthy(emulator.url)).toBe(true);
  });

  it("puts nothing into a header that could end it: neither a target, a token nor a request id", async () => {
    const headers = ["Authorization: Bearer \xe9", "x-ms-client-request-id: a\tb", "Connection: close"];
    const answer = await raw(head("POST /identities?x=%0d%0aSet-Cookie:a HTTP/1.1", ...headers));
    expect(statusesIn(answer)).toEqual([401]);
    expect(answer).not.toMatch(/^set-cookie|a\tb/im);
  });
});

describe("a connection", { timeout: slowUnitTimeLimit }, () => {
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

  it("gets the answers to hundreds of pipelined requests", async () => {
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

  it("is closed if its client takes nothing of a response for 30 seconds, and stays if it takes something", async () => {
    const { url, service } = await start({});
    const size = 2 ** 25;
    const user = { type: "userCreated", user: 1, id: `8:acs:${"a".repeat(size)}`, at: 5 } as const;
    restoreContent(service, { ...snapshotContent(service), events: [user] });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const socket = connect(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
    onTestFinished(() => void socket.destroy());
    let taken = 0;
    socket.on("data", ({ length }) => {
      taken += length;
    });
    socket.write(head("GET /_emulator/snapshot HTTP/1.1"));
    for (const part of [0, 1, 2]) {
      while (taken <= (part * size) / 4) await once(socket.resume(), "data");
      socket.pause();
      // Once this has its response, the emulator has noticed what was taken.
      await exchange(url, head("GET /_emulator/health HTTP/1.1"));
      vi.advanceTimersByTime(20_000);
    }
    vi.advanceTimersByTime(10_000);
    await once(socket.resume(), "close");
    expect(taken).toBeGreaterThan(size / 2);
    expect(taken).toBeLessThan(size);
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
    const { url } = await start({ onLog: (entry) => log.push(entry) });
    await expect(fetch(url.replace("http:", "https:"))).rejects.toThrow();
    expect(log).toEqual([
      { level: "warn", message: expect.stringMatching(/https.*: start it with --https$/) },
    ]);
  });

  it("over https that closes before its handshake is forgotten at once", async () => {
    const { cert, key } = makeCertificates();
    const { url } = await start({ tls: { cert, key } });
    const connections = () =>
      process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
    const before = connections();
    for (let count = 0; count < 20; count++) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(url).port), "127.0.0.1", () => {
          socket.destroy();
          resolve();
        });
      });
    }
    await expect.poll(connections).toBeLessThanOrEqual(before + 2);
  });
});

it("the emulator answers an HTTP/1.0 client without chunks", async () => {
  const answer = await raw("POST /identities HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(answer.toLowerCase()).not.toContain("transfer-encoding");
  expect(answer.split("\r\n\r\n")[1]).toBe(
    '{"error":{"code":"Denied","message":"Denied by the resource provider."}}',
  );
});

/** Closes the emulator while timers stand still, so that it can't end open connections after a grace period. */
async function closeWithoutGrace({ close }: Emulator): Promise<void> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await close();
}

it.each(["/", "/_emulator/health", "/.well-known/jwks.json"])(
  "the emulator accepts an absolute target, as proxies send: http://127.0.0.1%s",
  async (path) => {
    const answer = await exchange(
      emulator.url,
      head(`GET http://127.0.0.1${path} HTTP/1.1`, "Connection: close"),
      { end: false },
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  },
);

describe("a client that closes its half of the connection after a request", () => {
  it("gets its answer, and then the emulator closes the other half", async () => {
    const answer = await exchange(emulator.url, creation(emulator));
    expect(answer).toMatch(/^HTTP\/1\.1 201 /);
    const open = await startEmulator();
    await exchange(open.url, head("GET /_emulator/health HTTP/1.1"));
    await exchange(open.url, head("POST /identities HTTP/1.1", "Content-Length: 100"));
    await closeWithoutGrace(open);
  });
});

describe("closing an emulator over HTTPS", () => {
  it("doesn't wait for connections that never started a handshake", async () => {
    const { cert, key } = makeCertificates();
    const secure = await startEmulator({ tls: { cert, key } });
    const socket = connect(Number(new URL(secure.url).port), "127.0.0.1");
    await once(socket, "connect");
    // A port scanner disconnects like this. The server notices before it is closed.
    socket.destroy();
    const other = connect(Number(new URL(secure.url).port), "127.0.0.1");
    onTestFinished(() => void other.destroy());
    await once(other, "connect");
    await new Promise((resolve) => setTimeout(resolve, 50));
    await closeWithoutGrace(secure);
  });
});
