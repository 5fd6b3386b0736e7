import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { adminRefusal } from "../../../src/emulator/hosts.js";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import { send } from "../http.js";
import { exchange, statusesIn } from "../rawSocket.js";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

describe("the admin API", () => {
  const port = () => new URL(emulator.url).port;
  const as = (headers: Record<string, string>) => send(emulator.url, "GET", "/_emulator/info", { headers });

  it.each([
    ["an IP address as the host", () => ({ host: `127.0.0.1:${port()}` })],
    ["an IPv6 address as the host", () => ({ host: `[::1]:${port()}` })],
    ["localhost as the host", () => ({ host: `localhost:${port()}` })],
    ["a subdomain of localhost as the host", () => ({ host: `acs.localhost:${port()}` })],
    [
      "the emulator's own page",
      () => ({
        host: `localhost:${port()}`,
        origin: `http://localhost:${port()}`,
        "sec-fetch-site": "same-origin",
      }),
    ],
  ])("accepts %s", async (_, headers) => {
    expect((await as(headers())).status).toBe(200);
  });
});

const head = { method: "GET", target: "/", scheme: "http", read: async () => new Uint8Array() } as const;

describe("a host name", () => {
  it("of a stranger in a target that is a URL gets nothing", async () => {
    const { host } = new URL(emulator.url);
    for (const path of ["/_emulator/info", "/", "/common/oauth2/v2.0/token"]) {
      const response = await exchange(
        emulator.url,
        `GET http://evil.example${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect(statusesIn(response)).toEqual([403]);
    }
  });

  it("may be bare if the emulator is there for other machines, such as containers", async () => {
    const open = await startEmulator({ host: "0.0.0.0" });
    onTestFinished(() => open.close());
    const ask = (host: string) => send(open.url, "GET", "/_emulator/info", { headers: { host } });
    expect((await ask("emulator:7311")).status).toBe(200);
    expect((await ask("evil.example")).status).toBe(403);
  });

  it.each([
    [{ "user-agent": "Mozilla/5.0 (X11)" }, "a browser may have sent"],
    [{ "sec-fetch-site": "same-origin" }, "a browser may have sent"],
    [{ origin: "http://emulator" }, "a browser may have sent"],
    // As Node's fetch sends it.
    [{ "user-agent": "node", "sec-fetch-mode": "cors" }, undefined],
  ])("may be bare only if no browser can have sent the request: %j", (sent, refusal) => {
    const headers = new Map<string, string>(Object.entries(sent));
    const refused = (host: string, ownHost: string) => adminRefusal({ ...head, host, headers }, ownHost);
    expect(refused("emulator", "0.0.0.0")).toEqual(refusal && expect.stringContaining(refusal));
    expect(refused("emulator", "Emulator")).toBeUndefined();
  });

  it.each([
    ["emulator.test", "Emulator.test"],
    ["EMULATOR.test", "emulator.test"],
  ])("is the same in any case: %s for --host %s", (host, ownHost) => {
    const headers = new Map([["origin", "http://emulator.test"]]);
    expect(adminRefusal({ ...head, host, headers }, ownHost)).toBeUndefined();
  });
});
