import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  type Emulator,
  type EmulatorOptions,
  type LogEntry,
  startEmulator,
} from "../../src/emulator/index.js";
import { makeCertificates } from "../helpers/certificates.js";
import { snapshotContent } from "../helpers/snapshotContent.js";
import { signedHeaders } from "../testing/sign.js";
import { startCommand } from "./command.js";
import { send } from "./http.js";
import { exchange, head } from "./rawSocket.js";

const target = "/identities?api-version=2023-10-01";

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

/** The longest delay that a fault accepts, which no test waits for. */
const anHourInMs = 3_600_000;

/** Closes the emulator while timers stand still, so that it can't end open connections after a grace period. */
async function closeWithoutGrace({ close }: Emulator): Promise<void> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  await close();
}

/** Returns the signed headers of a request that creates a user. */
function creation(url = emulator.url, key = emulator.service.accessKey): Record<string, string> {
  const { host } = new URL(url);
  return { host, ...signedHeaders({ method: "POST", target, host, key }) };
}

function rawCreation(requestTarget = target, ...headers: string[]): string {
  const all = { ...creation(), "content-length": "0" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${[`POST ${requestTarget} HTTP/1.1`, ...lines, ...headers].join("\r\n")}\r\n\r\n`;
}

describe("closing the emulator during a delayed request", () => {
  it("waits no longer than for other requests, and never processes it", async () => {
    const file = join(tmpdir(), `acs-identity-${process.pid}.data`);
    onTestFinished(() => rmSync(file, { force: true }));
    const log: LogEntry[] = [];
    const options: EmulatorOptions = { data: file, onLog: (entry) => log.push(entry) };
    const delayed = await startEmulator(options);
    delayed.service.failNext({ delayInMs: anHourInMs });
    const lost = expect(
      send(delayed.url, "POST", target, { headers: creation(delayed.url) }),
    ).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect
      .poll(async () => (await send(delayed.url, "GET", "/_emulator/faults")).json.faults)
      .toEqual([]);
    await delayed.close();
    await lost;
    expect(log.filter(({ level }) => level !== "info")).toMatchObject([
      {
        level: "warn",
        message: expect.stringMatching(/^POST \/identities\S* dropped .*the emulator closed/),
      },
    ]);
    expect(snapshotContent(delayed.service).events.filter(({ type }) => type === "userCreated")).toEqual([]);
  });

  it("lets the command exit", async () => {
    const command = startCommand();
    onTestFinished(async () => void (await command.kill("SIGKILL")));
    const { url, connectionString } = await command.ready();
    const key = connectionString.split("accesskey=")[1] ?? "";
    await send(url, "POST", "/_emulator/faults", { body: { delayInMs: anHourInMs } });
    const lost = send(url, "POST", target, { headers: creation(url, key) }).catch(() => "lost");
    await expect.poll(async () => (await send(url, "GET", "/_emulator/faults")).json.faults).toEqual([]);
    expect(await command.kill("SIGTERM")).toBe(0);
    expect(await lost).toBe("lost");
  });
});

it("twenty concurrent delayed requests cause no Node warning", async () => {
  const emulator = await startEmulator();
  const warnings: string[] = [];
  const listen = ({ name }: Error) => warnings.push(name);
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  emulator.service.failNext({ delayInMs: 50, times: 20 });
  await Promise.all(Array.from({ length: 20 }, () => send(emulator.url, "POST", target)));
  await emulator.close();
  expect(warnings).toEqual([]);
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
    const answer = await exchange(emulator.url, rawCreation());
    expect(answer).toMatch(/^HTTP\/1\.1 201 /);
    const open = await startEmulator();
    await exchange(open.url, head("GET /_emulator/health HTTP/1.1"));
    await exchange(open.url, head("POST /identities HTTP/1.1", "Content-Length: 100"));
    await closeWithoutGrace(open);
  });
});
