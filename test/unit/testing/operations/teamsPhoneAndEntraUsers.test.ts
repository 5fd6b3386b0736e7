import { describe, expect, it } from "vitest";
import {
  createFakeIdentityService,
  type FakeIdentityService,
  type TokenCredentialOptions,
} from "../../../../src/testing/index.js";
import { ask, type Reply, revokeTokens } from "../../../helpers/testing/ask.js";
import { askToken, clientForm, decode } from "../entra/form.js";
import { signToken } from "../entra/signToken.js";

const tenantId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
const objectId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
const clientId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
const resourceId = "00ac5000-1de4-4717-8000-0000000000f5";
const version = "api-version=2025-06-30";
const assignment = `/access/teamsExtension/tenants/${tenantId}/assignments/${objectId}?${version}`;
const teamsScope = "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls";

type Kind = "teamsExtension" | "entra";

/** Exchanges a token at `/access/teamsExtension` or `/access/entra`. */
function exchangeToken(service: FakeIdentityService, kind: Kind, token = "", body: unknown = {}) {
  const at = kind === "entra" ? "api-version=2025-03-02-preview" : version;
  return ask(service, {
    method: "POST",
    target: `/access/${kind}/:exchangeAccessToken?${at}`,
    body,
    bearer: token,
  });
}

async function exchange(
  service: FakeIdentityService,
  kind: Kind,
  scopes: string | string[],
  options: TokenCredentialOptions = {},
): Promise<Reply> {
  const credential = service.createTokenCredential({ tenantId, objectId, clientId, ...options });
  return exchangeToken(service, kind, (await credential.getToken(scopes))?.token);
}

/** The options of a credential in upper case, as ids may be. */
const upperCase = {
  tenantId: tenantId.toUpperCase(),
  objectId: objectId.toUpperCase(),
  clientId: clientId.toUpperCase(),
};

const clientScopes = (...permissions: string[]) =>
  permissions.map((name) => `https://communication.azure.com/clients/${name}`);

describe("Teams extension exchange", () => {
  const assigned = async (body: object) => {
    const service = createFakeIdentityService();
    await ask(service, { method: "PUT", target: assignment, body });
    return service;
  };

  it("gives an assigned user a token that expires with the Entra token, and always the same identity", async () => {
    const service = await assigned({ principalType: "user", clientIds: [tenantId, clientId.toUpperCase()] });
    const before = Date.now();
    const reply = await exchange(service, "teamsExtension", teamsScope, {
      ...upperCase,
      expiresInMinutes: 33,
    });
    const after = Date.now();
    expect(reply.status).toBe(200);
    expect(reply.body.identity).toEqual({ id: `8:acs:${resourceId}_${tenantId}_${objectId}` });
    const expiresOn = Date.parse(reply.body.accessToken.expiresOn);
    expect(expiresOn).toBeGreaterThan(before + 32 * 60_000);
    expect(expiresOn).toBeLessThanOrEqual(after + 33 * 60_000 + 1000);
    expect(await service.inspectToken(reply.body.accessToken.token)).toMatchObject({
      valid: true,
      scopes: ["voip"],
    });
    expect(decode(reply.body.accessToken.token)).toMatchObject({ tid: tenantId, rgn: "emea" });
    expect((await exchange(service, "teamsExtension", teamsScope)).body.identity).toEqual(
      reply.body.identity,
    );
  });

  it("accepts any application if the assignment names none", async () => {
    const service = await assigned({ principalType: "user" });
    const scopes = [teamsScope.replace("TeamsExtension", "Teams"), teamsScope];
    expect((await exchange(service, "teamsExtension", scopes)).status).toBe(200);
  });

  it("rejects a user without an assignment, and an application that the assignment doesn't name", async () => {
    const stranger = await exchange(createFakeIdentityService(), "teamsExtension", teamsScope);
    expect([stranger.status, stranger.body.error]).toEqual([
      403,
      { code: "Forbidden", message: "The caller is not permitted to exchange this token." },
    ]);
    expect(stranger.diagnosis).toBe(
      `No assignment for tenant ${tenantId} and object ${objectId}: PUT ${assignment} {"principalType":"user","clientIds":["${clientId}"]}`,
    );
    const service = await assigned({ principalType: "user", clientIds: [tenantId] });
    const reply = await exchange(service, "teamsExtension", teamsScope);
    expect(reply.status).toBe(403);
    expect(reply.diagnosis).toContain(`don't contain ${clientId}`);
  });

  it("revokes the tokens that were exchanged under a deleted assignment, and no others", async () => {
    const service = await assigned({ principalType: "user" });
    service.clock.advance({ hours: 5 });
    const { body } = await exchange(service, "teamsExtension", teamsScope);
    const other = tenantId;
    await ask(service, { method: "DELETE", target: assignment.replace(objectId, other) });
    expect(await service.inspectToken(body.accessToken.token)).toMatchObject({ valid: true });
    const inUpperCase = assignment.replace(objectId, upperCase.objectId);
    await ask(service, { method: "DELETE", target: inUpperCase.replace(tenantId, upperCase.tenantId) });
    expect(await service.inspectToken(body.accessToken.token)).toMatchObject({ problem: "revoked" });
    expect((await exchange(service, "teamsExtension", teamsScope)).status).toBe(403);
    await ask(service, { method: "PUT", target: assignment, body: { principalType: "user" } });
    const again = await exchange(service, "teamsExtension", teamsScope);
    expect(await service.inspectToken(again.body.accessToken.token)).toMatchObject({ valid: true });
  });

  it("rejects a token with another scope, and an access key", async () => {
    const service = await assigned({ principalType: "user" });
    const other = await exchange(service, "teamsExtension", "https://communication.azure.com//.default");
    expect([other.status, other.body.error.code]).toEqual([401, "Denied"]);
    const exchangeScope = "https://auth.msft.communication.azure.com/Teams.ManageCalls";
    const teams = await exchange(service, "teamsExtension", exchangeScope);
    expect([teams.status, teams.body.error.code]).toEqual([403, "Forbidden"]);
    expect(teams.diagnosis).toContain("TeamsExtension.ManageCalls");
    const target = `/access/teamsExtension/:exchangeAccessToken?${version}`;
    const byKey = await ask(service, { method: "POST", target, body: {} });
    expect([byKey.status, byKey.body.error.code]).toEqual([401, "Denied"]);
    expect(byKey.diagnosis).toBe("This operation takes the user's own Entra token as Bearer");
    expect(byKey.topic).toBe("entra-id-credentials");
  });

  it("needs neither a known scope nor an assignment in a loose service", async () => {
    const loose = createFakeIdentityService({ strictness: "loose" });
    const { status, body } = await exchange(loose, "teamsExtension", "anything");
    expect([status, body.identity.id]).toEqual([200, `8:acs:${resourceId}_${tenantId}_${objectId}`]);
    const { accessToken } = (await exchange(loose, "entra", "anything")).body;
    expect((await loose.inspectToken(accessToken.token)).scopes).toEqual(["chat", "voip"]);
  });
});

const allowed = { objectId, tenantId, principalType: "user" as const, clientIds: [clientId] };

describe("Entra exchange", () => {
  it.each([
    [["VoIP"], ["voip"]],
    [["VoIP.Join"], ["voip.join"]],
    [["Chat", "VoIP", "Chat", "VoIP"], ["voip"]],
    [[".default"], ["voip"]],
  ])("turns the permissions %j into the scopes %j", async (permissions, scopes) => {
    const service = createFakeIdentityService({ entra: { assignments: [allowed] } });
    const reply = await exchange(service, "entra", clientScopes(...permissions));
    expect(reply.status).toBe(200);
    expect(reply.body.identity.id).toBe(`8:acs:${resourceId}_wf_${tenantId}_${objectId}`);
    const { token } = reply.body.accessToken;
    expect(await service.inspectToken(token)).toMatchObject({ valid: true, scopes });
    expect(decode(token)).not.toHaveProperty("tid");
  });

  it.each([
    [["Chat"], ["chat"]],
    [["Other", "Chat"], ["chat"]],
    [["Chat.Join"], ["chat.join"]],
    [["Chat.Join.Limited"], ["chat.join.limited"]],
    [[".default"], ["chat", "voip"]],
    [
      ["VoIP", "Chat", "VoIP"],
      ["voip", "chat"],
    ],
  ])(
    "turns the permissions %j into the scopes %j only with chatForEntraUsers",
    async (permissions, scopes) => {
      const service = createFakeIdentityService({
        entra: { assignments: [allowed] },
        chatForEntraUsers: true,
      });
      const { body } = await exchange(service, "entra", clientScopes(...permissions));
      expect((await service.inspectToken(body.accessToken.token)).scopes).toEqual(scopes);
      if (scopes.includes("voip")) return;
      const preview = createFakeIdentityService({ entra: { assignments: [allowed] } });
      const refused = await exchange(preview, "entra", clientScopes(...permissions));
      expect([refused.status, refused.body.error.code]).toEqual([403, "Forbidden"]);
      expect(refused.diagnosis).toBe(
        `The token has the permission ${permissions.at(-1)}, which the preview gives no scope for: ask for the scope https://communication.azure.com/clients/VoIP`,
      );
    },
  );

  it.each(["user", "group", "tenant"])(
    "ignores the case of all ids, in the assignment of a %s, too",
    async (type) => {
      const service = createFakeIdentityService();
      const group = "4d8f7a4a-6b3e-4142-9d84-9d1f5cae2134";
      service.entra.setGroup({ objectId: group, tenantId, members: [objectId], isAssignedToClients: true });
      const id = { user: objectId, group, tenant: tenantId }[type]?.toUpperCase();
      const target = `/access/entra/assignments/${id}?api-version=2025-03-02-preview`;
      const body = { tenantId: upperCase.tenantId, principalType: type, clientIds: [upperCase.clientId] };
      expect((await ask(service, { method: "PUT", target, body })).status).toBe(201);
      const reply = await exchange(service, "entra", clientScopes("VoIP"), upperCase);
      expect(reply.body.identity?.id).toBe(`8:acs:${resourceId}_wf_${tenantId}_${objectId}`);
    },
  );

  it("needs one assignment that names the application, of however many that count, and knows a tenant by its tenantId", async () => {
    const ofTenant = {
      objectId: clientId,
      tenantId,
      principalType: "tenant" as const,
      clientIds: [objectId],
    };
    for (const others of [[ofTenant, allowed], [allowed, ofTenant], [ofTenant]]) {
      const service = createFakeIdentityService({ entra: { assignments: others } });
      const { status, diagnosis } = await exchange(service, "entra", clientScopes("VoIP"));
      expect(status).toBe(others.includes(allowed) ? 200 : 403);
      if (status === 403) expect(diagnosis).toContain(`"clientIds":["${objectId}","${clientId}"]`);
    }
  });

  it("takes a token of version 2.0, too, whose application is its azp", async () => {
    const service = createFakeIdentityService({ entra: { assignments: [allowed] } });
    const iss = `https://authority.example/${tenantId}/v2.0`;
    const claims = {
      iss,
      tid: tenantId,
      oid: objectId,
      azp: upperCase.clientId,
      scp: "VoIP",
      exp: 0xffffffff,
    };
    const token = await signToken({ aud: "https://communication.azure.com/clients", ...claims });
    expect((await exchangeToken(service, "entra", token)).status).toBe(200);
  });

  it("rejects a token without a known permission, whatever members Object has", async () => {
    const service = createFakeIdentityService({ entra: { assignments: [allowed] } });
    const scopes = clientScopes("Other", "constructor", "toString", "__proto__");
    const { status, diagnosis } = await exchange(service, "entra", scopes);
    expect([status, diagnosis]).toEqual([
      403,
      "The token's claim scp contains none of VoIP, VoIP.Join: ask for the scope https://communication.azure.com/clients/VoIP",
    ]);
  });

  it.each([
    ["entra", "https://communication.azure.com/clients", "VoIP"],
    ["teamsExtension", "https://auth.msft.communication.azure.com", "TeamsExtension.ManageCalls"],
  ] as const)(
    "rejects an application's own token with what it lacks, a user: %s",
    async (kind, resource, permission) => {
      const service = createFakeIdentityService();
      const form = {
        ...clientForm(service),
        grant_type: "client_credentials",
        scope: `${resource}/.default`,
      };
      const { access_token } = (await askToken(service, form)).body;
      const reply = await exchangeToken(service, kind, access_token);
      expect([reply.status, reply.diagnosis]).toEqual([
        403,
        `The token is an application's own: let a user sign in to it, and ask for the scope ${resource}/${permission}`,
      ]);
    },
  );

  it("rejects a token without a user, and gives a loose service's token to one whose ids are zero", async () => {
    const token = await signToken({ aud: "https://communication.azure.com/clients", exp: 0xffffffff });
    const refused = await exchangeToken(createFakeIdentityService(), "entra", token);
    expect([refused.status, refused.diagnosis]).toEqual([401, "The token lacks the claims oid"]);
    expect(refused.topic).toBe("entra-id-credentials");
    const none = "00000000-0000-0000-0000-000000000000";
    const loose = createFakeIdentityService({ strictness: "loose" });
    const { body } = await exchangeToken(loose, "entra", "e30.e30.AAAA");
    expect(body.identity.id).toBe(`8:acs:${resourceId}_wf_${none}_${none}`);
  });

  it.each(["oid", "tid"])(
    "rejects a token whose %s is half a surrogate pair, because no URL could name the user",
    async (claim) => {
      const service = createFakeIdentityService({ strictness: "loose" });
      const claims = { oid: "user", tid: "tenant", scp: "VoIP", [claim]: "\ud800" };
      const token = `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`;
      const { status, body } = await exchangeToken(service, "entra", token);
      expect([status, body.error.code]).toEqual([400, "ValidationError"]);
      expect(service.users).toEqual([]);
    },
  );

  it("requires a body, and no role of the user", async () => {
    const service = createFakeIdentityService();
    const bob = service.entra.users[1]?.objectId ?? "";
    for (const [kind, scope] of [
      ["entra", clientScopes("Chat")],
      ["teamsExtension", teamsScope],
    ] as const) {
      const token = await service.createTokenCredential({ objectId: bob }).getToken([scope].flat());
      const reply = await exchangeToken(service, kind, token?.token, "");
      expect([reply.status, reply.body.error.message]).toEqual([
        400,
        "A non-empty request body is required.",
      ]);
    }
  });

  it("creates an identity, at the service's time, whose tokens can be revoked", async () => {
    const service = createFakeIdentityService({ entra: { assignments: [allowed] } });
    service.clock.advance({ hours: 5 });
    const { body } = await exchange(service, "entra", clientScopes("VoIP"));
    expect(await revokeTokens(service, body.identity.id)).toBe(204);
    const { problem, revokedAt } = await service.inspectToken(body.accessToken.token);
    expect(problem).toBe("revoked");
    for (const time of [service.users[0]?.createdAt, revokedAt])
      expect(Number(time)).toBeGreaterThan(Date.now() + 4 * 3_600_000);
  });
});
