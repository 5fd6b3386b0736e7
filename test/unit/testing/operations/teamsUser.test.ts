import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { ask } from "../../../helpers/testing/ask.js";
import { decode } from "../entra/form.js";
import { signToken } from "../entra/signToken.js";

const appId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
const userId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
const audience = "https://auth.msft.communication.azure.com";
const valid = { aud: audience, scp: "Teams.ManageCalls", appid: appId, oid: userId, exp: 0xffffffff };

async function exchange(body: object, claims: object = {}, service = createFakeIdentityService()) {
  const token = await signToken({ ...valid, ...claims });
  const reply = await ask(service, {
    method: "POST",
    target: "/teamsUser/:exchangeAccessToken?api-version=2023-10-01",
    body: { token, appId, userId, ...body },
  });
  return { ...reply, diagnosis: reply.diagnosis };
}

describe("the exchange of a Teams user's token", () => {
  const otherTenant = { tid: appId, iss: `https://authority.example/${appId}/` };
  const upperCase = { appid: appId.toUpperCase(), oid: userId.toUpperCase() };
  it.each([
    {},
    { scp: "User.Read Teams.ManageChats" },
    { aud: `${audience}/` },
    { aud: ["x", audience] },
    upperCase,
    otherTenant,
  ])("accepts the claims %j, and ids in upper case", async (claims) => {
    const service = createFakeIdentityService();
    service.clock.advance({ hours: 5 });
    const body = { appId: appId.toUpperCase(), userId: userId.toUpperCase() };
    for (const _ of [1, 2]) {
      const reply = await exchange(body, claims, service);
      expect(Object.keys(reply.body)).toEqual(["token", "expiresOn"]);
      const { tid } = { tid: service.entra.tenantId, ...claims };
      expect(decode(reply.body.token)).toMatchObject({ skypeid: `orgid:${userId}`, tid, rgn: "emea" });
      expect(await service.inspectToken(reply.body.token)).toMatchObject({
        valid: true,
        userId: `8:orgid:${userId}`,
        scopes: ["chat", "voip"],
      });
    }
    expect(service.users).toHaveLength(1);
    expect(Number(service.users[0]?.createdAt)).toBeGreaterThan(Date.now() + 4 * 3_600_000);
  });

  const noToken = "The body is either missing or doesn't contain any token.";
  it.each([
    [{ token: null }, undefined, noToken],
    [{ token: 5 }, "Token", "Token: The JSON value could not be converted to a string."],
    [{ appId: 5 }, "AppId", "AppId: The JSON value could not be converted to a string."],
    [{ userId: 5 }, "UserId", "UserId: The JSON value could not be converted to a string."],
    [{ appId: "", userId: "" }, "AppId", "AppId: The AppId field is required."],
    [{ userId: "" }, "UserId", "UserId: The UserId field is required."],
    [{ appId: "x", userId: "x" }, "appId", "Provided AppId has invalid format."],
    [{ appId: userId, userId: "x" }, "userId", "Provided UserId has invalid format."],
    [{ appId: userId, userId: appId }, "appId", "AAD application is not the expected one."],
    [{ userId: "x" }, "userId", "Provided UserId has invalid format."],
    [{ appId: userId }, "appId", "AAD application is not the expected one."],
    [{ userId: appId }, "userId", "Provided AAD token issued for unexpected user."],
  ])("answers 400 to %j", async (body, target, message) => {
    const reply = await exchange(body);
    expect([reply.status, reply.body.error]).toEqual([
      400,
      { code: "ValidationError", message, ...(target && { target }) },
    ]);
    if (message !== noToken) return;
    expect(reply.topic).toBe("the-exchange-of-a-teams-users-token");
  });

  it.each<[object, object, string]>([
    [{ token: "" }, {}, "token is empty"],
    [{ token: "x", appId: "" }, {}, "token isn't a JWT"],
    [{ token: "e30.e30.AAAA" }, {}, "not signed by this service"],
    [{}, { exp: 1 }, "token expired"],
    [{}, { aud: "https://a.example" }, `token is meant for "https://a.example", not for ${audience}`],
    [
      {},
      { scp: "User.Read" },
      `token has none of the scopes Teams.ManageCalls, Teams.ManageChats: ask for ${audience}/Teams.ManageCalls`,
    ],
    ...[{ oid: 5 }, { appid: 5 }].map((claims): [object, object, string] => [
      {},
      claims,
      "token lacks the claim oid or appid: is it an access token of a Teams user?",
    ]),
  ])("answers 401 to %j with the claims %j", async (body, claims, diagnosis) => {
    const reply = await exchange(body, claims);
    expect([reply.status, reply.body.error.code]).toEqual([401, "InvalidAccessToken"]);
    expect(reply.diagnosis).toContain(diagnosis);
  });

  it("answers 403 to a user who has no Teams license", async () => {
    const service = createFakeIdentityService();
    service.entra.setUser({ objectId: userId, username: "carol@contoso.com", hasTeamsLicense: false });
    const reply = await exchange({ userId: userId.toUpperCase() }, {}, service);
    expect([reply.status, reply.diagnosis]).toEqual([403, "The user has no Teams license"]);
    service.entra.setUser({ objectId: userId, username: "carol@contoso.com", hasTeamsLicense: true });
    expect((await exchange({}, {}, service)).status).toBe(200);
  });

  it("accepts a token of another audience and without a scope in a loose service", async () => {
    const loose = createFakeIdentityService({ strictness: "loose" });
    expect((await exchange({}, { aud: "x", scp: "x", tid: undefined }, loose)).status).toBe(200);
  });
});
