import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Emulator, startEmulator } from "../../../../src/emulator/index.js";
import { exchange, head, statusesIn } from "../../../helpers/emulator/rawSocket.js";
import { restoreContent, snapshotContent } from "../../../helpers/snapshotContent.js";
import { slowUnitTimeLimit } from "../../../helpers/timeLimit.js";

async function start(): Promise<Emulator> {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  return emulator;
}

it("a response has nothing in a header that could end it: neither of a target, a token nor a request id", async () => {
  const { url } = await start();
  const headers = ["Authorization: Bearer \xe9", "x-ms-client-request-id: a\tb", "Connection: close"];
  const answer = await exchange(url, head("POST /identities?x=%0d%0aSet-Cookie:a HTTP/1.1", ...headers));
  expect(statusesIn(answer)).toEqual([401]);
  expect(answer).not.toMatch(/^set-cookie|a\tb/im);
});

it("a response leaves no timer once it is sent, which would keep the process running", async () => {
  const { url } = await start();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await exchange(url, head("GET /_emulator/health HTTP/1.1", "Connection: close"));
  await expect.poll(() => vi.getTimerCount()).toBe(0);
});

it("a response to an HTTP/1.0 client has no chunks", async () => {
  const { url } = await start();
  const answer = await exchange(url, "POST /identities HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(answer.toLowerCase()).not.toContain("transfer-encoding");
  expect(answer.split("\r\n\r\n")[1]).toBe(
    '{"error":{"code":"Denied","message":"Denied by the resource provider."}}',
  );
});

describe("a connection", { timeout: slowUnitTimeLimit }, () => {
  it("is closed if its client takes nothing of a response for 30 seconds, and stays if it takes something", async () => {
    const { url, service } = await start();
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
});
