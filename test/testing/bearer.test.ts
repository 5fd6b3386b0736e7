import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../src/testing/index.js";
import { ask, type Reply } from "./ask.js";

const scope = "https://communication.azure.com//.default";

/** A token as Entra makes them, signed by no one. */
function entraToken(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.c2ln`;
}

function ask201(service = createFakeIdentityService(), token = ""): Promise<Reply> {
  return ask(service, {
    method: "POST",
    target: "/identities?api-version=2023-10-01",
    headers: { authorization: `Bearer ${token}` },
  });
}

const inAnHour = Math.floor(Date.now() / 1000) + 3600;

describe("an Entra bearer token", () => {
  it("of createTokenCredential is accepted", async () => {
    const service = createFakeIdentityService();
    const token = await service.createTokenCredential().getToken(scope);
    expect(token?.expiresOnTimestamp).toBeGreaterThan(Date.now() + 59 * 60_000);
    expect((await ask201(service, token?.token)).status).toBe(201);
  });

  it("of another maker is accepted with the audience of the scope", async () => {
    const token = entraToken({ aud: "https://communication.azure.com/", exp: inAnHour });
    expect((await ask201(undefined, token)).status).toBe(201);
  });

  it("of several audiences is accepted for the right one among them", async () => {
    const aud = ["https://graph.microsoft.com", "https://communication.azure.com"];
    expect((await ask201(undefined, entraToken({ aud, exp: inAnHour }))).status).toBe(201);
  });

  it.each([
    [
      "has expired",
      entraToken({ aud: "https://communication.azure.com/", exp: inAnHour - 7200 }),
      /expired \d+ s ago/,
    ],
    ["has no expiry", entraToken({ aud: "https://communication.azure.com/" }), /no expiry/],
    [
      "is for another audience",
      entraToken({ aud: "https://graph.microsoft.com", exp: inAnHour }),
      /graph\.microsoft\.com/,
    ],
    ["is no JWT", "opaque", /no JWT/],
    ["is empty", "", /no JWT/],
  ])("that %s is refused", async (_, token, diagnosis) => {
    const reply = await ask201(undefined, token);
    expect(reply.status).toBe(401);
    expect(reply.body).toEqual({ error: { code: "Denied", message: "Denied by the resource provider." } });
    expect(reply.headers.get("x-ms-emulator-diagnosis")).toMatch(diagnosis);
  });

  it("of any kind is accepted by a loose service", async () => {
    expect((await ask201(createFakeIdentityService({ strictness: "loose" }), "anything")).status).toBe(201);
  });

  it("is not kept in the request log", async () => {
    const service = createFakeIdentityService();
    const token = entraToken({ aud: "https://communication.azure.com/", exp: inAnHour });
    await ask201(service, token);
    expect(service.requests[0]?.headers.authorization).toBe("Bearer <cut>");
  });
});
