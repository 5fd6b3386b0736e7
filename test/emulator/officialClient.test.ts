import { CommunicationIdentityClient, type TokenScope } from "@azure/communication-identity";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";

const clientId = "11111111-2222-4333-8444-555555555555";
const userObjectId = "66666666-7777-4888-8999-aaaaaaaaaaaa";

describe("the unmodified @azure/communication-identity 1.3.1", () => {
  let emulator: Emulator;
  let client: CommunicationIdentityClient;

  beforeAll(async () => {
    emulator = await startEmulator({ port: 0 });
    client = new CommunicationIdentityClient(emulator.connectionString, { allowInsecureConnection: true });
  });
  afterAll(() => emulator.close());

  it("creates a user whose id has the service's format", async () => {
    const user = await client.createUser();
    expect(Object.keys(user)).toEqual(["communicationUserId"]);
    expect(user.communicationUserId).toMatch(/^8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}$/);
  });

  it("creates a user and a token with the requested lifetime", async () => {
    const before = Date.now();
    const result = await client.createUserAndToken(["chat", "voip"], { tokenExpiresInMinutes: 60 });
    expect(result.expiresOn.getTime()).toBeGreaterThanOrEqual(before + 60 * 60_000);
    expect(result.expiresOn.getTime()).toBeLessThanOrEqual(Date.now() + 60 * 60_000);
    expect(await emulator.service.inspectToken(result.token)).toMatchObject({
      valid: true,
      userId: result.user.communicationUserId,
      scopes: ["chat", "voip"],
    });
  });

  it.each(["chat", "voip", "chat.join", "chat.join.limited", "voip.join"])(
    "issues a token for %s",
    async (scope) => {
      const user = await client.createUser();
      const before = Date.now();
      const { token, expiresOn } = await client.getToken(user, [scope as TokenScope]);
      expect(expiresOn.getTime() - before).toBeGreaterThanOrEqual(24 * 60 * 60_000);
      expect((await emulator.service.inspectToken(token)).scopes).toEqual([scope]);
    },
  );

  it("revokes the tokens issued so far, but no later ones", async () => {
    const user = await client.createUser();
    const first = await client.getToken(user, ["chat"]);
    await client.revokeTokens(user);
    const second = await client.getToken(user, ["chat"]);
    expect(await emulator.service.inspectToken(first.token)).toMatchObject({
      valid: false,
      problem: "revoked",
    });
    expect(await emulator.service.inspectToken(second.token)).toMatchObject({ valid: true });
  });

  it("deletes a user, which invalidates its tokens and prevents new ones", async () => {
    const { user, token } = await client.createUserAndToken(["chat"]);
    await client.deleteUser(user);
    expect(await emulator.service.inspectToken(token)).toMatchObject({
      valid: false,
      problem: "userDeleted",
    });
    await expect(client.getToken(user, ["chat"])).rejects.toMatchObject({
      statusCode: 401,
      code: "IdentityNotOwned",
      message: "Provided identity doesn't exist.",
    });
  });

  it("exchanges a Teams user's token for one that expires at the same time", async () => {
    const before = Date.now();
    const teamsUserAadToken = await emulator.service.createTeamsUserToken({
      appId: clientId,
      userId: userObjectId,
      expiresInMinutes: 75,
    });
    const after = Date.now();
    const result = await client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId });
    expect(result.expiresOn.getTime()).toBeGreaterThan(before + 74 * 60_000);
    expect(result.expiresOn.getTime()).toBeLessThanOrEqual(after + 75 * 60_000);
    expect((await emulator.service.inspectToken(result.token)).userId).toBe(`8:orgid:${userObjectId}`);
  });

  it("is rejected with another key", async () => {
    const stranger = new CommunicationIdentityClient(
      `endpoint=${emulator.url}/;accesskey=${Buffer.alloc(64, 7).toString("base64")}`,
      { allowInsecureConnection: true },
    );
    await expect(stranger.createUser()).rejects.toMatchObject({
      statusCode: 401,
      code: "Denied",
      message: "Denied by the resource provider.",
    });
  });

  it("works without a network through httpClient", async () => {
    const { connectionString, httpClient } = emulator.service;
    const direct = new CommunicationIdentityClient(connectionString, {
      httpClient,
      allowInsecureConnection: true,
    });
    const { user } = await direct.createUserAndToken(["voip"]);
    await expect(direct.revokeTokens(user)).resolves.toBeUndefined();
  });
});
