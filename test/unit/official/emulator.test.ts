// The unmodified @azure/communication-identity 1.3.1 against the emulator.
import { CommunicationIdentityClient, type TokenScope } from "@azure/communication-identity";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";

const clientId = "11111111-2222-4333-8444-555555555555";
const userObjectId = "66666666-7777-4888-8999-aaaaaaaaaaaa";
const allowInsecureConnection = true;
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

it.each(["over the network", "without a network, through httpClient"])(
  "the official client's operations work %s",
  async (way) => {
    const { service, connectionString } = emulator;
    const client =
      way === "over the network"
        ? new CommunicationIdentityClient(connectionString, { allowInsecureConnection })
        : new CommunicationIdentityClient(service.connectionString, {
            allowInsecureConnection,
            httpClient: service.httpClient,
          });

    const user = await client.createUser();
    expect(user).toEqual({
      communicationUserId: expect.stringMatching(/^8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}$/),
    });
    const before = Date.now();
    const created = await client.createUserAndToken(["chat", "voip"], { tokenExpiresInMinutes: 60 });
    expect(created.expiresOn.getTime()).toBeGreaterThanOrEqual(before + 60 * 60_000);
    expect(created.expiresOn.getTime()).toBeLessThanOrEqual(Date.now() + 60 * 60_000);
    const userId = created.user.communicationUserId;
    expect(await service.inspectToken(created.token)).toMatchObject({
      valid: true,
      userId,
      scopes: ["chat", "voip"],
    });
    for (const scope of ["chat", "voip", "chat.join", "chat.join.limited", "voip.join"]) {
      const { token } = await client.getToken(user, [scope as TokenScope]);
      expect((await service.inspectToken(token)).scopes).toEqual([scope]);
    }

    await client.revokeTokens(created.user);
    const later = await client.getToken(created.user, ["chat"]);
    expect((await service.inspectToken(created.token)).problem).toBe("revoked");
    expect((await service.inspectToken(later.token)).valid).toBe(true);
    await client.deleteUser(created.user);
    expect((await service.inspectToken(later.token)).problem).toBe("userDeleted");
    await expect(client.getToken(created.user, ["chat"])).rejects.toMatchObject({
      statusCode: 401,
      code: "IdentityNotOwned",
      message: "Provided identity doesn't exist.",
    });

    const teams = { clientId, userObjectId, expiresInMinutes: 75 };
    const teamsUserAadToken = await service.createTeamsUserToken(teams);
    const exchanged = await client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId });
    expect(exchanged.expiresOn.getTime()).toBeLessThanOrEqual(Date.now() + 75 * 60_000);
    expect(exchanged.expiresOn.getTime()).toBeGreaterThan(before + 74 * 60_000);
    expect((await service.inspectToken(exchanged.token)).userId).toBe(`8:orgid:${userObjectId}`);
  },
);
