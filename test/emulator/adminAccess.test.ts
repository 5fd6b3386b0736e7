import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { send } from "./http.js";

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
    ["a container's name as the host", () => ({ host: "emulator:7311" })],
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

  it.each([
    ["a foreign host name", () => ({ host: `evil.example:${port()}` })],
    ["a host name that looks local", () => ({ host: `localhost.evil.example:${port()}` })],
    ["a malformed Host", () => ({ host: "a/../b" })],
    ["another origin", () => ({ origin: "https://evil.example" })],
    ["another port as the origin", () => ({ host: `localhost:${port()}`, origin: "http://localhost:1" })],
    ["an opaque origin", () => ({ origin: "null" })],
    ["a page of another site", () => ({ "sec-fetch-site": "cross-site" })],
  ])("rejects %s", async (_, headers) => {
    const reply = await as(headers());
    expect(reply.status).toBe(403);
    expect(reply.text).not.toContain("accesskey");
    expect(reply.headers).not.toHaveProperty("access-control-allow-origin");
  });
});
