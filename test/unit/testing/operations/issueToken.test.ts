import { calculateJwkThumbprint, createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { createFakeIdentityService, type FakeIdentityService } from "../../../../src/testing/index.js";
import { ask, makeToken, makeUser, revokeTokens } from "../ask.js";
import { signToken } from "../entra/signToken.js";

async function keySet(service: FakeIdentityService) {
  const response = await service.fetch(new Request(new URL("/.well-known/jwks.json", service.endpoint)));
  return response.json();
}

describe("a token", () => {
  it("has the claims of a real service token, and jose verifies it with the published keys", async () => {
    const resourceId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
    const service = createFakeIdentityService({ now: "2026-03-01T12:00:00.250Z", resourceId });
    const id = await makeUser(service);
    const token = await makeToken(service, id, { scopes: ["chat", "voip"], expiresInMinutes: 90 });
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(await keySet(service)), {
      algorithms: ["RS256"],
      currentDate: new Date("2026-03-01T12:30:00Z"),
    });
    const issuedAt = Date.parse("2026-03-01T12:00:00Z") / 1000;
    expect(payload).toEqual({
      skypeid: id.slice(2),
      scp: 1792,
      csi: String(issuedAt),
      exp: issuedAt + 90 * 60,
      acsScope: "chat,voip",
      resourceId,
      iat: issuedAt,
      jti: "1",
    });
    expect(protectedHeader).toEqual({ alg: "RS256", kid: (await keySet(service)).keys[0].kid, typ: "JWT" });
  });

  it("has a published key without private parts", async () => {
    const { keys } = await keySet(createFakeIdentityService());
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0]).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
    expect(await calculateJwkThumbprint(keys[0])).toBe(keys[0].kid);
  });

  it("that another key signed has an unknown key", async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = `${part({ alg: "RS256", kid: "another" })}.${part({ skypeid: "acs:x" })}.AAAA`;
    expect(await createFakeIdentityService().inspectToken(token)).toEqual({
      valid: false,
      problem: "unknownKey",
      message: "Another key signed this token: it comes from another service",
    });
  });

  it("that was changed or lost its signature has a bad signature", async () => {
    const service = createFakeIdentityService();
    const [header = "", payload = "", signature = ""] = (
      await makeToken(service, await makeUser(service))
    ).split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 1 })).toString("base64url");
    expect(await service.inspectToken(`${header}.${forged}.${signature}`)).toMatchObject({
      problem: "badSignature",
    });
    for (const more of ["==", ".x"]) {
      const given = `${header}.${payload}.${signature}${more}`;
      expect(await service.inspectToken(given), more).toMatchObject({ problem: "malformed" });
    }
    const unsigned = Buffer.from(
      JSON.stringify({ ...decodeProtectedHeader(`${header}.${payload}.x`), alg: "none" }),
    );
    expect(await service.inspectToken(`${unsigned.toString("base64url")}.${payload}.`)).toMatchObject({
      problem: "badSignature",
    });
  });

  it("of Entra ID is malformed, because it has no ACS user", async () => {
    const service = createFakeIdentityService();
    const entraToken = await service
      .createTokenCredential()
      .getToken("https://communication.azure.com/.default");
    const inspection = await service.inspectToken(entraToken?.token ?? "");
    expect(inspection).toMatchObject({ problem: "malformed" });
    expect(JSON.stringify(inspection)).toContain("Is it an Entra ID token?");
  });

  it.each(["", "a.b", "a.b.c", "....", "é.é.é", "e30.e30", "e30.W10.x"])(
    "that is %j is malformed",
    async (token) => {
      expect(await createFakeIdentityService().inspectToken(token)).toMatchObject({ problem: "malformed" });
    },
  );

  it.each([{ exp: "soon" }, { exp: 1e300, iat: 1 }, { exp: { valueOf: 1, toString: 1 } }, { iat: 1 }])(
    "whose times are %j is malformed, although anyone can sign it with the public key",
    async (times) => {
      const service = createFakeIdentityService();
      const skypeid = (await makeUser(service)).slice(2);
      const token = await signToken({ skypeid, jti: "1", ...times });
      expect(await service.inspectToken(token)).toMatchObject({ valid: false, problem: "malformed" });
    },
  );

  it("expires on the exact second", async () => {
    const service = createFakeIdentityService({ now: "2026-03-01T12:00:00Z" });
    const token = await makeToken(service, await makeUser(service), {
      scopes: ["voip"],
      expiresInMinutes: 60,
    });
    service.clock.advance({ minutes: 59, seconds: 59, milliseconds: 999 });
    expect(await service.inspectToken(token)).toMatchObject({ valid: true });
    service.clock.advance({ milliseconds: 1 });
    expect(await service.inspectToken(token)).toEqual({
      valid: false,
      problem: "expired",
      message: "Expired at 2026-03-01T13:00:00.000Z",
      userId: expect.any(String),
      scopes: ["voip"],
      issuedAt: new Date("2026-03-01T12:00:00Z"),
      expiresOn: new Date("2026-03-01T13:00:00Z"),
    });
  });

  it("says when it was revoked, even once it has expired", async () => {
    const service = createFakeIdentityService({ now: "2026-03-01T12:00:00Z" });
    const id = await makeUser(service);
    const token = await makeToken(service, id);
    service.clock.advance({ minutes: 5 });
    await revokeTokens(service, id);
    service.clock.advance({ days: 1 });
    expect(await service.inspectToken(token)).toMatchObject({
      valid: false,
      problem: "revoked",
      message: "Revoked at 2026-03-01T12:05:00.000Z",
      revokedAt: new Date("2026-03-01T12:05:00Z"),
    });
  });

  it("expires when the answer says, which has up to seven digits of a second and no zeros at its end", async () => {
    const service = createFakeIdentityService({ seed: 1, now: "2026-03-01T12:00:00.250Z" });
    const target = `/identities/${encodeURIComponent(await makeUser(service))}/:issueAccessToken?api-version=2023-10-01`;
    const lengths = new Set<number>();
    for (let count = 0; count < 30; count++) {
      const { body } = await ask(service, { method: "POST", target, body: { scopes: ["chat"] } });
      expect(body.expiresOn).toMatch(/^2026-03-02T12:00:00\.25(?:0\d{0,3}[1-9])?\+00:00$/);
      lengths.add(body.expiresOn.length);
    }
    expect(lengths.size).toBeGreaterThan(1);
  });
});

it("ids and tokens are the same for the same seed and time, and others for another seed or without one", async () => {
  const story = async (options: { seed?: string }) => {
    const service = createFakeIdentityService({ now: "2026-03-01T12:00:00Z", ...options });
    const id = await makeUser(service);
    return [id, await makeUser(service), await makeToken(service, id), await makeToken(service, id)];
  };
  const one = await story({ seed: "a" });
  expect(await story({ seed: "a" })).toEqual(one);
  const all = [...one, ...(await story({ seed: "b" })), ...(await story({})), ...(await story({}))];
  expect(new Set(all).size).toBe(16);
});

describe("an invalid argument", () => {
  it.each([undefined, null, 5, {}])("is rejected by inspectToken: %j", async (token) => {
    const inspection = createFakeIdentityService().inspectToken(token as string);
    await expect(inspection).rejects.toThrow(new TypeError("inspectToken needs a token: a string"));
  });
});
