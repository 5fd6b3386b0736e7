import { createLocalJWKSet, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../../src/testing/index.js";
import { askToken, clientCredentials, clientForm, decode, readJson } from "../form.js";

const unknown = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
const otherTenant = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
const groupTenant = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";

describe("the token endpoint", () => {
  it("gives an application a token with Entra's claims that the published key verifies", async () => {
    const service = createFakeIdentityService();
    // Entra's tokens are issued by this machine's clock.
    service.clock.advance({ hours: 5 });
    const { entra } = service;
    const { status, body } = await askToken(service, { ...clientForm(service), ...clientCredentials });
    expect([status, body]).toEqual([
      200,
      { token_type: "Bearer", expires_in: 3600, ext_expires_in: 3600, access_token: expect.any(String) },
    ]);
    // Of version 1.0, as the token.
    const configuration = await readJson(service, `/${entra.tenantId}/.well-known/openid-configuration`);
    const keys = await (await service.fetch(new Request(configuration.jwks_uri))).json();
    expect(await readJson(service, `/${entra.tenantId}/discovery/keys`)).toEqual(keys);
    const { payload, protectedHeader } = await jwtVerify(body.access_token, createLocalJWKSet(keys));
    expect(protectedHeader.alg).toBe("RS256");
    const { iat = 0 } = payload;
    expect(payload).toEqual({
      aud: "https://communication.azure.com/",
      iss: configuration.issuer,
      iat,
      nbf: iat,
      exp: iat + 3600,
      tid: entra.tenantId,
      appid: entra.clientId,
      appidacr: "1",
      idtyp: "app",
      oid: "00ac5000-05e2-4717-8000-000000000002",
      sub: "00ac5000-05e2-4717-8000-000000000002",
      roles: [],
      uti: expect.any(String),
      ver: "1.0",
    });
    const own = { ...clientForm(service), ...clientCredentials, scope: `${entra.clientId}/.default` };
    const { appid: azp, appidacr: azpacr, ...same } = payload;
    const ownPayload = decode((await askToken(service, own)).body.access_token);
    expect(ownPayload).toEqual({
      ...same,
      ...{ aud: entra.clientId, iss: `${payload.iss}v2.0`, azp, azpacr, ver: "2.0" },
      ...{
        iat: expect.any(Number),
        nbf: expect.any(Number),
        exp: expect.any(Number),
        uti: expect.any(String),
      },
    });
    expect(ownPayload.uti).not.toBe(payload.uti);
  });

  it.each([
    ['{"access_token":{"xms_cc":{"values":["cp1",2]}}}', ["cp1", "2"]],
    ['{"access_token":{"xms_cc":{"values":"cp1"}}}', undefined],
    ["nonsense", undefined],
  ])("includes the client's capabilities in the token: %s", async (claims, capabilities) => {
    const service = createFakeIdentityService();
    const { body } = await askToken(service, { ...clientForm(service), ...clientCredentials, claims });
    expect(decode(body.access_token).xms_cc).toEqual(capabilities);
  });

  it("of version 1.0 isn't emulated, and says so", async () => {
    const service = createFakeIdentityService();
    const response = await service.fetch(
      `${service.entra.authorityHost}/${service.entra.tenantId}/oauth2/token`,
      { method: "POST", body: new URLSearchParams(clientCredentials) },
    );
    const { error_description } = (await response.json()) as { error_description: string };
    expect([response.status, error_description]).toEqual([
      404,
      expect.stringContaining("The token endpoint of version 1.0 isn't emulated. Use /oauth2/v2.0/token"),
    ]);
  });

  it.each<[string, string, string, string, number | undefined]>([
    [
      "its secret",
      "Basic",
      "a secret: +&=%é",
      encodeURIComponent("a secret: +&=%é").replace("%20", "+"),
      undefined,
    ],
    ["a wrong secret", "basic", "a secret", "an:other", 7000215],
    ["an empty secret", "Basic", "a secret", "", 7000218],
  ])("takes a client's id and %s from the header: %s", async (_, scheme, secret, sent, number) => {
    const service = createFakeIdentityService();
    const { clientId, tenantId } = service.entra;
    service.entra.setApplication({ clientId, clientSecrets: ["its newer secret", secret, "an older one"] });
    const Authorization = `${scheme} ${Buffer.from(`${clientId}:${sent}`).toString("base64")}`;
    const { status, body } = await askToken(service, { ...clientCredentials, client_id: unknown }, tenantId, {
      Authorization,
    });
    expect([status, body.error_codes?.[0]]).toEqual([number ? 401 : 200, number]);
    expect(JSON.stringify(service.requests)).not.toContain(Authorization.slice(6));
  });

  it("knows a tenant by the domain of its users, and all names and ids in any case", async () => {
    const service = createFakeIdentityService();
    const form = { ...clientForm(service), ...clientCredentials };
    expect((await askToken(service, form, "Contoso.com")).status).toBe(200);
    const client_id = form.client_id.toUpperCase();
    expect(
      (await askToken(service, { ...form, client_id }, service.entra.tenantId.toUpperCase())).status,
    ).toBe(200);
    expect((await askToken(service, form, "toso.com")).body.error_codes).toEqual([90002]);
    const configuration = (tenant: string) =>
      readJson(service, `/${tenant}/v2.0/.well-known/openid-configuration`);
    const { issuer } = await configuration("contoso.com");
    expect(issuer).toBe(`${service.entra.authorityHost}/${service.entra.tenantId}/v2.0`);
    expect((await configuration("toso.com")).error_codes).toEqual([90002]);
    const dora = { objectId: unknown, tenantId: otherTenant, username: "Dora@Fabrikam.com" };
    service.entra.setUser(dora);
    expect((await configuration("fabrikam.com")).issuer).toContain(otherTenant);
  });

  const acs = "https://communication.azure.com";
  const beside = `${acs}/.default ${acs}/user_impersonation`;
  it.each<[string, number, string, number, Record<string, string>, string?]>([
    ["a wrong secret", 401, "invalid_client", 7000215, { client_secret: "wrong" }],
    ["no credential", 401, "invalid_client", 7000218, { client_secret: "" }],
    ["an unknown tenant", 400, "invalid_tenant", 90002, {}, unknown],
    ["the tenant of personal accounts", 400, "invalid_tenant", 90002, {}, "consumers"],
    ["any tenant", 400, "unauthorized_client", 700016, {}, "organizations"],
    ["another tenant than its own", 400, "unauthorized_client", 700016, {}, otherTenant],
    ["a tenant that has a group alone", 400, "unauthorized_client", 700016, {}, groupTenant],
    ["an unknown application", 400, "unauthorized_client", 700016, { client_id: unknown }],
    ["no application", 400, "invalid_request", 900144, { client_id: "" }],
    ["no grant type", 400, "invalid_request", 900144, { grant_type: "" }],
    ["an unsupported grant type", 400, "unsupported_grant_type", 70003, { grant_type: "password" }],
    ["the grant type constructor", 400, "unsupported_grant_type", 70003, { grant_type: "constructor" }],
    ["no scope", 400, "invalid_request", 900144, { scope: "" }],
    ["a permission instead of .default", 400, "invalid_scope", 1002012, { scope: `${acs}/clients/Chat` }],
    ["a permission beside .default", 400, "invalid_scope", 1002012, { scope: beside }],
    ["an unknown permission", 401, "invalid_client", 650053, { scope: `${acs}/clients/Nothing` }],
    ["a scope without a resource", 401, "invalid_client", 650053, { scope: "nothing" }],
    ["an unknown resource", 400, "invalid_resource", 500011, { scope: "https://nowhere.example/.default" }],
    ["two resources", 400, "invalid_scope", 28000, { scope: `${acs}/.default ${acs}/clients/.default` }],
  ])("rejects %s with %i %s and AADSTS%i", async (_, status, error, number, form, tenant) => {
    const service = createFakeIdentityService({ now: 0 });
    service.entra.setTenant({ tenantId: otherTenant });
    service.entra.setGroup({ objectId: groupTenant, tenantId: groupTenant });
    const given = { ...clientForm(service), ...clientCredentials, ...form };
    const reply = await askToken(service, given, tenant, { "client-request-id": "my id" });
    const { timestamp, trace_id, error_description } = reply.body;
    expect(reply).toEqual({
      status,
      body: {
        error,
        error_description: expect.stringMatching(`^AADSTS${number}: \\S`),
        error_codes: [number],
        timestamp: expect.stringMatching(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
        trace_id: expect.stringMatching(/^[\da-f-]{36}$/),
        correlation_id: "my id",
      },
    });
    const ids = ` Trace ID: ${trace_id} Correlation ID: my id Timestamp: ${timestamp}`;
    expect(error_description.slice(-ids.length)).toBe(ids);
    expect(service.requests.at(-1)).toMatchObject({ status, code: error });
  });

  it("says of a sign-in with a password that users have none, and what to use", async () => {
    const service = createFakeIdentityService();
    const remedy = expect.stringContaining("POST /_emulator/teamsUserTokens");
    await askToken(service, { ...clientForm(service), grant_type: "password" }, "common");
    expect(service.requests.at(-1)?.diagnosis).toEqual(remedy);
    const realm = await service.fetch(
      `${service.entra.authorityHost}/common/userrealm/alice@contoso.com?api-version=1.0`,
    );
    expect([realm.status, await realm.json()]).toEqual([
      404,
      { error: "not_emulated", error_description: remedy },
    ]);
  });

  it.each(["client_id", "scope", "nonsense"])("rejects the parameter %s twice", async (name) => {
    const service = createFakeIdentityService();
    const form = new URLSearchParams({ ...clientForm(service), ...clientCredentials, nonsense: "" });
    form.append(name, form.get(name) ?? "");
    const path = `${service.entra.authorityHost}/${service.entra.tenantId}/oauth2/v2.0`;
    const replies = [
      await service.fetch(`${path}/token`, { method: "POST", body: form }),
      await service.fetch(`${path}/authorize?${form}`),
    ];
    for (const reply of replies) {
      expect(reply.status).toBe(400);
      expect(await reply.text()).toMatch(
        new RegExp(`AADSTS9000411: .+ parameter \\W+(39;)?${name}\\W+(39;)? is duplicated`),
      );
    }
  });

  it("quotes 200 characters of what it rejects, and logs what to do", async () => {
    const service = createFakeIdentityService();
    const { body } = await askToken(service, { client_id: "x".repeat(201) });
    expect(body.error_description).toContain(` identifier '${"x".repeat(200)}' `);
    expect(body.correlation_id).toMatch(/^[\da-f-]{36}$/);
    expect(service.requests[0]?.diagnosis).toMatch(/^Add it under Entra ID on the emulator's page/);
  });

  it("takes no parameter from the query, and no body that isn't UTF-8", async () => {
    const service = createFakeIdentityService();
    const query = new URLSearchParams({ ...clientForm(service), ...clientCredentials });
    const url = `${service.entra.authorityHost}/${service.entra.tenantId}/oauth2/v2.0/token?${query}`;
    for (const [body, number] of [
      ["", 900144],
      [new Uint8Array([0xff]), 900142],
    ] as const) {
      const response = await service.fetch(url, { method: "POST", body });
      expect([response.status, (await response.json()).error_codes]).toEqual([400, [number]]);
    }
  });

  it("rejects a GET, and has no path with a tenant that isn't a valid URL segment", async () => {
    const service = createFakeIdentityService();
    const { authorityHost, tenantId } = service.entra;
    const get = await service.fetch(new Request(`${authorityHost}/${tenantId}/oauth2/v2.0/token`));
    expect([get.status, (await get.json()).error_codes]).toEqual([405, [900561]]);
    expect([get.headers.get("cache-control"), get.headers.get("pragma")]).toEqual([
      "no-store, no-cache",
      "no-cache",
    ]);
    const malformed = await askToken(service, clientForm(service), "%zz");
    expect([malformed.status, malformed.body.error.code]).toEqual([404, "NotFound"]);
  });
});
