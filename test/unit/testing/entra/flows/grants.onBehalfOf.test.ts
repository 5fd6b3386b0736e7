import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../../src/testing/index.js";
import { askToken, clientForm, decode } from "../form.js";

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
  });

  it("has the permissions as they are registered, whatever the case of the scopes", async () => {
    const teams = await onBehalfOf({ scope: `${exchange.toUpperCase()} OpenId` });
    expect(decode(teams.body.access_token)).toMatchObject({
      aud: "https://auth.msft.communication.azure.com",
      scp: "Teams.ManageCalls",
    });
    const american = await onBehalfOf({ scope: exchange.replace(".com/", ".us/") });
    expect(decode(american.body.access_token)).toMatchObject({
      aud: "https://auth.msft.communication.azure.us",
      scp: "Teams.ManageCalls",
    });
    const graph = await onBehalfOf({ scope: "user.read User.Read offline_access" });
    expect(decode(graph.body.access_token)).toMatchObject({
      aud: "https://graph.microsoft.com",
      scp: "User.Read",
    });
    expect(graph.body.scope.split(" ")).toContain("user.read");
    const { clientId } = createFakeIdentityService().entra;
    const api = `API://${clientId.toUpperCase()}`;
    const own = await onBehalfOf({ scope: `${api}/Orders.Read ${api}/.DEFAULT` });
    expect(decode(own.body.access_token).scp).toBe("access_as_user");
  });

  it("has all consented permissions for .default", async () => {
    const { body } = await onBehalfOf({ scope: `${exchange} ${exchange.replace(/[^/]+$/, ".default")}` });
    expect(decode(body.access_token).scp).toBe(
      "Teams.ManageCalls Teams.ManageChats TeamsExtension.ManageCalls",
    );
    expect(body.scope).toContain("azure.com/.default");
  });

  it("needs consent to each permission, which can be withdrawn", async () => {
    const service = createFakeIdentityService();
    const { clientId } = service.entra;
    const two = { scope: `${exchange} ${exchange.replace("Calls", "Chats")}` };
    const { body: both } = await onBehalfOf(two, service);
    expect([both.scope, decode(both.access_token).scp]).toEqual([
      two.scope,
      "Teams.ManageCalls Teams.ManageChats",
    ]);
    service.entra.setApplication({ clientId, permissions: [exchange] });
    expect((await onBehalfOf({}, service)).status).toBe(200);
    for (const scopes of [two, { scope: "https://communication.azure.com/clients/.default" }]) {
      const { status, body } = await onBehalfOf(scopes, service);
      expect([status, body.error, body.suberror, body.error_codes]).toEqual([
        400,
        "invalid_grant",
        "consent_required",
        [65001],
      ]);
    }
  });

  it("needs a valid assertion from this authority for the application and a user", async () => {
    const service = createFakeIdentityService();
    const assertion = async (scope: string, options: object) =>
      (await service.createTokenCredential(options).getToken(scope))?.token ?? "";
    const own = `${service.entra.clientId}/access_as_user`;
    const valid = await assertion(`api://${own}`, { objectId: alice.toUpperCase() });
    // Entra's tokens expire by this machine's clock.
    service.clock.advance({ hours: 2 });
    expect((await onBehalfOf({ assertion: valid }, service)).status).toBe(200);
    const cases: [Record<string, string>, number][] = [
      [{ assertion: "nonsense" }, 50013],
      [{ assertion: "" }, 900144],
      [{ assertion: `${valid.slice(0, -8)}AAAAAAAA` }, 50013],
      [{ assertion: await assertion("https://communication.azure.com//.default", {}) }, 500131],
      [{ assertion: await assertion(`api://${alice}/access_as_user`, {}) }, 500131],
      [{ assertion: await assertion(own, { objectId: alice, expiresInMinutes: -1 }) }, 500133],
      [{ assertion: await assertion(own, {}) }, 50034],
      [{ requested_token_use: "" }, 900144],
      [{ requested_token_use: "other" }, 900144],
      [{ scope: "" }, 900144],
      [{ client_secret: "" }, 7000218],
    ];
    for (const [form, number] of cases) {
      expect((await onBehalfOf(form, service)).body.error_codes, JSON.stringify(form)).toEqual([number]);
    }
  });
});
