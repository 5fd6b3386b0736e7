import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../../src/emulator/index.js";
import { routes } from "../../../../src/generated/routes.js";
import { send } from "../../../helpers/emulator/http.js";
import { signedHeaders } from "../../../helpers/testing/sign.js";

const target = "/identities?api-version=2023-10-01";
const origin = "https://app.example";

describe("CORS", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterAll(() => emulator.close());

  it("allows preflight requests from another origin", async () => {
    const { status, headers, text } = await send(emulator.url, "OPTIONS", target, {
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,x-ms-date",
        "access-control-request-private-network": "true",
      },
    });
    expect([status, text]).toEqual([204, ""]);
    expect(headers).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "authorization,x-ms-date",
      "access-control-allow-private-network": "true",
      "access-control-max-age": "7200",
    });
    const allowed = String(headers["access-control-allow-methods"]).split(", ");
    expect(allowed).toEqual(expect.arrayContaining(routes.map(({ method }) => method)));
  });

  it("allows any header to a preflight request that names none, and no private network", async () => {
    const headers = { origin, "access-control-request-method": "POST" };
    const preflight = await send(emulator.url, "OPTIONS", target, { headers });
    expect(preflight.headers["access-control-allow-headers"]).toBe("*");
    expect(preflight.headers).not.toHaveProperty("access-control-allow-private-network");
    expect((await send(emulator.url, "OPTIONS", target)).status).toBe(405);
    expect((await send(emulator.url, "POST", target, { headers })).status).toBe(401);
  });

  it("exposes an answer with all its headers, and an error with its diagnosis", async () => {
    const { host } = new URL(emulator.url);
    const signed = signedHeaders({ method: "POST", target, host, key: emulator.service.accessKey });
    const good = await send(emulator.url, "POST", target, { headers: { host, origin, ...signed } });
    expect(good.status).toBe(201);
    expect(good.headers["access-control-allow-origin"]).toBe("*");
    expect(good.headers["access-control-expose-headers"]).toContain("Content-Length, api-supported-versions");
    const refused = await send(emulator.url, "POST", target, { headers: { origin } });
    expect(refused.status).toBe(401);
    expect(refused.headers["access-control-expose-headers"]).toContain("x-ms-emulator-diagnosis");
    const toPrograms = await send(emulator.url, "POST", target);
    expect(toPrograms.headers).not.toHaveProperty("access-control-allow-origin");
  });
});
