import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { send } from "./http.js";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

describe("near the admin API come", () => {
  const port = () => new URL(emulator.url).port;
  const as = (headers: Record<string, string>) => send(emulator.url, "GET", "/_emulator/info", { headers });

  it.each([
    ["an IP address", () => ({ host: `127.0.0.1:${port()}` })],
    ["an IPv6 address", () => ({ host: `[::1]:${port()}` })],
    ["localhost", () => ({ host: `localhost:${port()}` })],
    ["a name below localhost", () => ({ host: `acs.localhost:${port()}` })],
    ["a name of a container", () => ({ host: "emulator:7311" })],
    [
      "the emulator's own page",
      () => ({
        host: `localhost:${port()}`,
        origin: `http://localhost:${port()}`,
        "sec-fetch-site": "same-origin",
      }),
    ],
  ])("%s", async (_, headers) => {
    expect((await as(headers())).status).toBe(200);
  });

  it.each([
    ["a rebound name", () => ({ host: `evil.example:${port()}` })],
    ["a name that looks like a local one", () => ({ host: `localhost.evil.example:${port()}` })],
    ["a Host that is no host", () => ({ host: "a/../b" })],
    ["another origin", () => ({ origin: "https://evil.example" })],
    ["another port of this machine", () => ({ host: `localhost:${port()}`, origin: "http://localhost:1" })],
    ["an opaque origin", () => ({ origin: "null" })],
    ["a page of another site", () => ({ "sec-fetch-site": "cross-site" })],
  ])("not %s", async (_, headers) => {
    const reply = await as(headers());
    expect(reply.status).toBe(403);
    expect(reply.text).not.toContain("accesskey");
    expect(reply.headers).not.toHaveProperty("access-control-allow-origin");
  });
});
