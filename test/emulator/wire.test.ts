import { createHash, createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { makeCertificates } from "../helpers/certificates.js";
import { ask } from "../testing/ask.js";
import { signedHeaders } from "../testing/sign.js";
import { exchange, isHealthy, statusesIn } from "./rawSocket.js";

let emulator: Emulator;
afterEach(() => emulator?.close());

async function start(options: Parameters<typeof startEmulator>[0] = {}): Promise<Emulator> {
  emulator = await startEmulator(options);
  return emulator;
}

const target = "/identities?api-version=2023-10-01";

/** Returns the bytes of a signed creation. */
function creation({ url, service }: Emulator): string {
  const { host } = new URL(url);
  const headers = signedHeaders({ method: "POST", target, host, key: service.accessKey });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n${lines.join("")}\r\n`;
}

describe("a connection", () => {
  it("gets the answer to a request before the 400 for what isn't one after it", async () => {
    const { url, service } = await start();
    const answer = await exchange(url, `${creation(emulator)}\0\0 nonsense\r\n\r\n`, { end: false });
    // The body of the first answer has no line end.
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 201", "HTTP/1.1 400"]);
    expect(service.users).toHaveLength(1);
  });

  it.each([
    ["nonsense", "nonsense\r\n\r\n", 400],
    [
      "a body of malformed chunks",
      `POST ${target} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
      400,
    ],
    ["headers that are too long", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(40_000)}\r\n\r\n`, 431],
  ])("is closed after %s", async (_, bytes, status) => {
    const { url } = await start();
    expect(statusesIn(await exchange(url, bytes, { end: false }))).toEqual([status]);
    expect(await isHealthy(url)).toBe(true);
  });

  it("gets the answers to pipelined requests one by one, as its client reads them", async () => {
    const { url, service } = await start({ users: Array.from({ length: 2000 }, () => ({})) });
    let taken = 0;
    const { snapshot } = service;
    const size = JSON.stringify(snapshot()).length;
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => {});
    socket.pause();
    const { host } = new URL(url);
    socket.write(`GET /_emulator/snapshot HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(1200));
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 5; count++) expect(await isHealthy(url)).toBe(true);
    // 1200 snapshots would be there at once.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * size);
    socket.on("data", ({ length }) => {
      taken += length;
    });
    socket.resume();
    await expect.poll(() => taken).toBeGreaterThan(20 * size);
  });

  it("sees all of its headers, however many there are", async () => {
    const { url } = await start();
    const { host } = new URL(url);
    const many = "a:1\r\n".repeat(3000);
    const answer = await exchange(url, `GET / HTTP/1.1\r\nHost: ${host}\r\n${many}Host: evil\r\n\r\n`, {
      end: false,
    });
    expect(statusesIn(answer)).toEqual([400]);
  });

  it("over https that closes before its handshake is forgotten at once", async () => {
    const { cert, key } = makeCertificates();
    const { url } = await start({ tls: { cert, key } });
    const connections = () =>
      process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
    const before = connections();
    for (let count = 0; count < 50; count++) {
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

describe("a body that is too long", () => {
  it.each([5, 20])("of %d MB gets its 413 every time", async (megabytes) => {
    const { url } = await start();
    const piece = Buffer.alloc(megabytes * 1_000_000, 32);
    for (let count = 0; count < 5; count++) {
      const status = await new Promise((resolve, reject) => {
        const outgoing = httpRequest(`${url}${target}`, { method: "POST" }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        outgoing.on("error", reject);
        outgoing.end(piece);
      });
      expect(status).toBe(413);
    }
  });
});

it.each([
  ["ISO 8601", (date: Date) => date.toISOString()],
  [
    "a day of the week that isn't that date's",
    (date: Date) => date.toUTCString().replace(/^\w+/, (day) => (day === "Mon" ? "Tue" : "Mon")),
  ],
  ["RFC 850", (date: Date) => date.toUTCString().replace("GMT", "UTC")],
])("strict refuses a signed date in %s, which the other modes accept", async (_, format) => {
  for (const [strictness, expected] of [
    ["strict", 401],
    ["standard", 201],
  ] as const) {
    const { service } = await start({ strictness });
    const date = format(new Date());
    const host = new URL(service.endpoint).host;
    const hash = createHash("sha256").update("").digest("base64");
    const signature = createHmac("sha256", Buffer.from(service.accessKey, "base64"))
      .update(`POST\n${target}\n${date};${host};${hash}`)
      .digest("base64");
    const response = await fetch(`${service.endpoint.slice(0, -1)}${target}`, {
      method: "POST",
      headers: {
        "x-ms-date": date,
        "x-ms-content-sha256": hash,
        authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
      },
    });
    expect(response.status).toBe(expected);
    await emulator.close();
  }
});

it("Allow names the methods that the requested version has", async () => {
  const { service } = await start();
  const allow = async (version: string) => {
    const reply = await ask(service, { method: "PATCH", target: `/identities/x?api-version=${version}` });
    return [reply.status, reply.headers.get("allow")];
  };
  expect(await allow("2023-10-01")).toEqual([405, "DELETE"]);
  expect(await allow("2025-03-02-preview")).toEqual([405, "GET, DELETE"]);
});

it("the diagnosis of a date and the clock of the admin API speak of the same time", async () => {
  const { url, service } = await start();
  service.clock.advance({ hours: 5 });
  const { wallTime } = (await (await fetch(`${url}/_emulator/clock`)).json()) as { wallTime: string };
  expect(Math.abs(Date.parse(wallTime) - Date.now())).toBeLessThan(60_000);
  const { status } = await ask(service, { method: "POST", target });
  expect(status).toBe(201);
});
