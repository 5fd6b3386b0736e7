import { generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../src/testing/index.js";
import { askToken, clientForm, decode } from "./form.js";

describe("a token on behalf of a user", () => {
  const exchange = "https://auth.msft.communication.azure.com/Teams.ManageCalls";
  const alice = createFakeIdentityService().entra.users[0]?.objectId ?? "";

  async function onBehalfOf(form: object = {}, service = createFakeIdentityService()) {
    const { clientId } = service.entra;
    const credential = service.createTokenCredential({ objectId: alice, clientId });
    const assertion = (await credential.getToken(`${clientId}/access_as_user`))?.token ?? "";
    return askToken(service, {
      ...clientForm(service),
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      requested_token_use: "on_behalf_of",
      assertion,
      scope: `${exchange} openid profile offline_access`,
      ...form,
    });
  }

  it("has the requested permissions", async () => {
    const service = createFakeIdentityService();
    const { status, body } = await onBehalfOf({}, service);
    expect(status).toBe(200);
    expect(body.scope).toBe(exchange);
    const { refresh_token } = body;
    const form = { client_id: clientForm(service).client_id, grant_type: "refresh_token", refresh_token };
    expect((await askToken(service, form)).body.error_codes, "without its secret").toEqual([7000218]);
    expect(decode(body.access_token)).toMatchObject({
      aud: "https://auth.msft.communication.azure.com",
      oid: alice,
      scp: "Teams.ManageCalls",
    });
    expect(decode(body.id_token)).toMatchObject({ oid: alice, preferred_username: "alice@contoso.com" });
    expect(body.refresh_token).toMatch(/./);
  });

  it("has the permissions as they are registered, whatever the case of the scopes", async () => {
    const teams = await onBehalfOf({ scope: `${exchange.toUpperCase()} OpenId` });
    expect(decode(teams.body.access_token)).toMatchObject({
      aud: "https://auth.msft.communication.azure.com",
      scp: "Teams.ManageCalls",
    });
    const graph = await onBehalfOf({ scope: "user.read User.Read offline_access" });
    expect(decode(graph.body.access_token)).toMatchObject({
      aud: "https://graph.microsoft.com",
      scp: "User.Read",
    });
    expect(graph.body.scope.split(" ")).toContain("user.read");
    const { clientId } = createFakeIdentityService().entra;
    const own = await onBehalfOf({ scope: `API://${clientId.toUpperCase()}/.DEFAULT` });
    expect(decode(own.body.access_token).scp).toBe("access_as_user");
  });

  it("has all consented permissions for .default", async () => {
    const { body } = await onBehalfOf({ scope: "https://auth.msft.communication.azure.com/.default" });
    expect(decode(body.access_token).scp).toBe(
      "Teams.ManageCalls Teams.ManageChats TeamsExtension.ManageCalls",
    );
    expect(body.scope).toContain("azure.com/.default");
  });

  it("needs consent to each permission, which can be withdrawn", async () => {
    const service = createFakeIdentityService();
    const { clientId } = service.entra;
    const two = { scope: `${exchange} ${exchange.replace("Calls", "Chats")}` };
    expect((await onBehalfOf(two, service)).status).toBe(200);
    service.entra.setApplication({ clientId, permissions: [exchange] });
    expect((await onBehalfOf({}, service)).status).toBe(200);
    const { status, body } = await onBehalfOf(two, service);
    expect([status, body.error, body.suberror, body.error_codes]).toEqual([
      400,
      "invalid_grant",
      "consent_required",
      [65001],
    ]);
  });

  it("needs a valid assertion from this authority for the application and a user", async () => {
    const { privateKey } = await generateKeyPair("RS256");
    const foreign = await new SignJWT({ oid: alice }).setProtectedHeader({ alg: "RS256" }).sign(privateKey);
    expect((await onBehalfOf({ assertion: foreign })).body.error_codes).toEqual([50013]);
    expect((await onBehalfOf({ assertion: "nonsense" })).body.error_codes).toEqual([50013]);
    expect((await onBehalfOf({ requested_token_use: "" })).body.error_codes).toEqual([900144]);
    const { client_id } = clientForm(createFakeIdentityService());
    const grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    expect((await askToken(createFakeIdentityService(), { client_id, grant_type })).body.error_codes).toEqual(
      [7000218],
    );
    const service = createFakeIdentityService();
    const assertion = async (scope: string, options: object) =>
      (await service.createTokenCredential(options).getToken(scope))?.token;
    const own = `${service.entra.clientId}/access_as_user`;
    const byUri = await assertion(`api://${own}`, { objectId: alice });
    // Entra's tokens expire by this machine's clock.
    service.clock.advance({ hours: 2 });
    expect((await onBehalfOf({ assertion: byUri }, service)).status).toBe(200);
    const cases = [
      [await assertion("https://communication.azure.com//.default", {}), 500131],
      [await assertion(`api://${alice}/access_as_user`, {}), 500131],
      [await assertion(own, { objectId: alice, expiresInMinutes: -1 }), 500133],
      [await assertion(own, {}), 50034],
    ];
    for (const [given, number] of cases) {
      expect((await onBehalfOf({ assertion: given }, service)).body.error_codes).toEqual([number]);
    }
  });
});
