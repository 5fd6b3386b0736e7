import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminRefusal } from "../../../../src/emulator/hosts.js";
import { type Emulator, startEmulator } from "../../../../src/emulator/index.js";
import { send } from "../http.js";
import { exchange, statusesIn } from "../rawSocket.js";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

describe("the admin API", () => {
  it.each([
    ["127.0.0.1", {}],
    ["192.168.7.1:80", {}],
    ["[::1]", {}],
    ["[2001:db8::1]:7311", {}],
    ["localhost:7311", {}],
    ["LOCALHOST", {}],
    ["acs.localhost", {}],
    ["localhost:7311", { origin: "http://localhost:7311", "sec-fetch-site": "same-origin" }],
    ["127.0.0.1", { "sec-fetch-site": "none", "user-agent": "Mozilla/5.0" }],
  ])("accepts the host %s, with the headers %j", async (host, headers) => {
    const given = { headers: { host, ...headers } };
    expect((await send(emulator.url, "GET", "/_emulator/info", given)).status).toBe(200);
  });
});

const head = { method: "GET", target: "/", scheme: "http", read: async () => new Uint8Array() } as const;

describe("a host name", () => {
  it("of a stranger in a target that is a URL gets nothing", async () => {
    const { host } = new URL(emulator.url);
    for (const target of [
      "http://evil.example/_emulator/info",
      "HTTP://evil.example/",
      "https://evil.example/common/oauth2/v2.0/token",
    ]) {
      const response = await exchange(
        emulator.url,
        `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect(statusesIn(response)).toEqual([403]);
    }
  });

  it.each([
    [
      "emulator",
      ["0.0.0.0", "::", "192.168.7.1", "Emulator"],
      ["127.0.0.1", "127.0.0.2", "::1", "localhost"],
    ],
    ["evil.example", ["Evil.Example"], ["0.0.0.0", "::", "127.0.0.1"]],
  ])("like %s is accepted by an emulator on %j, and refused on %j", (host, accepting, refusing) => {
    const refusal = (own: string) => adminRefusal({ ...head, host, headers: new Map() }, own);
    expect(accepting.map(refusal)).toEqual(accepting.map(() => undefined));
    const reason = `The Host "${host}" is not this emulator's`;
    expect(refusing.map(refusal)).toEqual(refusing.map(() => reason));
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
