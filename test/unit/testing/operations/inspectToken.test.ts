import { decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { makeToken, makeUser, revokeTokens } from "../../../helpers/testing/ask.js";
import { signToken } from "../entra/signToken.js";

describe("an inspected token", () => {
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
});

it.each([undefined, null, 5, {}])("inspectToken rejects the argument %j", async (token) => {
  const inspection = createFakeIdentityService().inspectToken(token as string);
  await expect(inspection).rejects.toThrow(new TypeError("inspectToken needs a token: a string"));
});
