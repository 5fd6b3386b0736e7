import { ClientCertificateCredential } from "@azure/identity";
import { createLocalJWKSet, exportSPKI, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../src/testing/index.js";
import { makeSelfSigned } from "../../helpers/certificates.js";
import { askToken, clientCredentials, clientForm, decode, readJson } from "./form.js";

const unknown = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";

it("has no path with a tenant that isn't a valid URL segment", async () => {
  const service = createFakeIdentityService();
  const form = { ...clientForm(service), ...clientCredentials };
  const malformed = await askToken(service, form, "%zz");
  expect([malformed.status, malformed.body.error.code]).toEqual([404, "NotFound"]);
});
describe("the token endpoint", () => {
  it("gives an application a token with Entra's claims that the published key verifies", async () => {
    const service = createFakeIdentityService();
    const { entra } = service;
    const { status, body } = await askToken(service, { ...clientForm(service), ...clientCredentials });
    expect([status, body.token_type, body.expires_in]).toEqual([200, "Bearer", 3600]);
    const configuration = await readJson(service, `/${entra.tenantId}/.well-known/openid-configuration`);
    const keys = await (await service.fetch(new Request(configuration.jwks_uri))).json();
    const { payload, protectedHeader } = await jwtVerify(body.access_token, createLocalJWKSet(keys), {
      // Of version 1.0, as the token.
      issuer: configuration.issuer,
      audience: "https://communication.azure.com/",
    });
    expect(protectedHeader.alg).toBe("RS256");
    expect(payload).toMatchObject({
      tid: entra.tenantId,
      appid: entra.clientId,
      oid: "00ac5000-05e2-4717-8000-000000000002",
      sub: "00ac5000-05e2-4717-8000-000000000002",
      roles: [],
      ver: "1.0",
    });
    expect(payload).not.toHaveProperty("scp");
    expect(payload).not.toHaveProperty("xms_cc");
  });

  it("includes the client's capabilities in the token", async () => {
    const service = createFakeIdentityService();
    const claims = JSON.stringify({ access_token: { xms_cc: { values: ["cp1"] } } });
    const { body } = await askToken(service, { ...clientForm(service), ...clientCredentials, claims });
    expect(decode(body.access_token)).toMatchObject({ xms_cc: ["cp1"] });
  });

  it.each<[string, string, string, number | undefined]>([
    ["its secret", "a secret: +&=%é", encodeURIComponent("a secret: +&=%é").replace("%20", "+"), undefined],
    ["a wrong secret", "a secret", "another", 7000215],
    ["an empty secret", "a secret", "", 7000218],
  ])("takes a client's id and %s from the header", async (_, secret, sent, number) => {
    const service = createFakeIdentityService();
    const { clientId, tenantId } = service.entra;
    service.entra.setApplication({ clientId, clientSecrets: [secret] });
    const Authorization = `Basic ${Buffer.from(`${clientId}:${sent}`).toString("base64")}`;
    const { status, body } = await askToken(service, clientCredentials, tenantId, { Authorization });
    expect([status, body.error_codes?.[0]]).toEqual([number ? 401 : 200, number]);
    expect(JSON.stringify(service.requests)).not.toContain(Authorization.slice(6));
  });

  it("knows a tenant by the domain of its users, too", async () => {
    const service = createFakeIdentityService();
    const form = { ...clientForm(service), ...clientCredentials };
    expect((await askToken(service, form, "Contoso.com")).status).toBe(200);
    expect((await askToken(service, form, "toso.com")).body.error_codes).toEqual([90002]);
    const { issuer } = await readJson(service, "/contoso.com/v2.0/.well-known/openid-configuration");
    expect(issuer).toBe(`${service.entra.authorityHost}/${service.entra.tenantId}/v2.0`);
  });

  const acs = "https://communication.azure.com";
  it.each<[string, number, string, number, Record<string, string>, string?]>([
    ["a wrong secret", 401, "invalid_client", 7000215, { client_secret: "wrong" }],
    ["an unknown tenant", 400, "invalid_tenant", 90002, {}, unknown],
    ["the tenant of personal accounts", 400, "invalid_tenant", 90002, {}, "consumers"],
    ["an unknown application", 400, "unauthorized_client", 700016, { client_id: unknown }],
    ["no application", 400, "invalid_request", 900144, { client_id: "" }],
    ["no grant type", 400, "invalid_request", 900144, { grant_type: "" }],
    ["an unsupported grant type", 400, "unsupported_grant_type", 70003, { grant_type: "password" }],
    ["the grant type constructor", 400, "unsupported_grant_type", 70003, { grant_type: "constructor" }],
    ["no scope", 400, "invalid_request", 900144, { scope: "" }],
    ["a permission instead of .default", 400, "invalid_scope", 1002012, { scope: `${acs}/clients/Chat` }],
    ["an unknown permission", 400, "invalid_scope", 70011, { scope: `${acs}/clients/Nothing` }],
    ["a scope without a resource", 400, "invalid_scope", 70011, { scope: "nothing" }],
    ["an unknown resource", 400, "invalid_resource", 500011, { scope: "https://nowhere.example/.default" }],
    [
      "two resources",
      400,
      "invalid_scope",
      28000,
      { scope: `${acs}/.default https://graph.microsoft.com/.default` },
    ],
  ])("rejects %s with %i %s and AADSTS%i", async (_, status, error, number, form, tenant) => {
    const service = createFakeIdentityService();
    const given = { ...clientForm(service), ...clientCredentials, ...form };
    const reply = await askToken(service, given, tenant);
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject({ error, error_codes: [number] });
    expect(reply.body.error_description).toMatch(
      new RegExp(`^AADSTS${number}: .* Trace ID: \\S+ Correlation`),
    );
    expect(service.requests.at(-1)).toMatchObject({ status, code: error });
  });

  it("rejects a client without any credential, and a GET", async () => {
    const service = createFakeIdentityService();
    const { client_id } = clientForm(service);
    expect((await askToken(service, { client_id, ...clientCredentials })).body.error_codes).toEqual([
      7000218,
    ]);
    const { authorityHost, tenantId } = service.entra;
    const get = await service.fetch(new Request(`${authorityHost}/${tenantId}/oauth2/v2.0/token`));
    expect([get.status, (await get.json()).error_codes]).toEqual([405, [900561]]);
    expect(get.headers.get("cache-control")).toBe("no-store, no-cache");
  });

  it("gives an application no token in another tenant", async () => {
    const service = createFakeIdentityService();
    service.entra.setTenant({ tenantId: unknown });
    const form = { ...clientForm(service), ...clientCredentials };
    expect((await askToken(service, form, unknown)).body.error_codes).toEqual([700016]);
  });

  it("keeps secrets out of the request log", async () => {
    const service = createFakeIdentityService();
    const { body } = await askToken(service, { ...clientForm(service), ...clientCredentials });
    const log = JSON.stringify(service.requests);
    expect(log).not.toContain(service.entra.clientSecret);
    expect(log).not.toContain(body.access_token);
  });
});

describe("a client's assertion", async () => {
  const [own, foreign] = [await generateKeyPair("PS256"), await generateKeyPair("PS256")];
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;

  async function ask(claims: object, form: object = {}, key = own.privateKey) {
    const service = createFakeIdentityService();
    const { clientId, tenantId } = service.entra;
    service.entra.setApplication({ clientId, certificates: [await exportSPKI(own.publicKey)] });
    const defaults = { iss: clientId, sub: clientId, aud: `https://login.example/${tenantId}/v2.0` };
    return askToken(service, {
      ...clientCredentials,
      client_id: clientId,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: await new SignJWT({ ...defaults, exp: inAnHour, ...claims })
        .setProtectedHeader({ alg: "PS256" })
        .sign(key),
      ...form,
    });
  }

  it("stands for its secret if its key is registered", async () => {
    expect((await ask({})).status).toBe(200);
    expect((await ask({}, {}, foreign.privateKey)).body.error_codes).toEqual([700027]);
    // As MSAL for .NET writes it, and with another name of the tenant.
    const others = { exp: String(inAnHour), aud: "https://login.example/Contoso.com/oauth2/v2.0/token" };
    expect((await ask(others)).status).toBe(200);
  });

  it.each<[string, number, object, object?]>([
    ["of another issuer", 700021, { iss: unknown }],
    ["of another authority", 700211, { iss: "https://token.actions.example" }],
    ["whose expiry isn't a number", 700024, { exp: `${inAnHour}s` }],
    ["whose issuer is an object", 700021, { iss: { toString: 1, valueOf: 1 } }],
    ["whose audience is an object", 700023, { aud: { toString: 1, valueOf: 1 } }],
    ["about another client", 700021, { sub: unknown }],
    ["that has expired", 700024, { exp: inAnHour - 2 * 3600 }],
    ["that never expires", 700024, { exp: undefined }],
    ["for another tenant", 700023, { aud: `https://login.example/${unknown}/v2.0` }],
    ["for another endpoint", 700023, { aud: "https://login.example/x" }],
    ["without its type", 900144, {}, { client_assertion_type: "" }],
    ["that isn't a JWT", 50027, {}, { client_assertion: "nonsense" }],
  ])("%s is rejected with AADSTS%i", async (_, number, claims, form) => {
    expect((await ask(claims, form)).body.error_codes).toEqual([number]);
  });

  it("can be made by @azure/identity with a registered certificate", async () => {
    const { cert, key } = makeSelfSigned();
    const service = createFakeIdentityService();
    const { tenantId, clientId, authorityHost } = service.entra;
    const credential = new ClientCertificateCredential(
      tenantId,
      clientId,
      { certificate: `${key}\n${cert}` },
      { authorityHost, disableInstanceDiscovery: true, httpClient: service.httpClient },
    );
    const call = () => credential.getToken("https://communication.azure.com/.default");
    await expect(call()).rejects.toThrow(/AADSTS700027/);
    service.entra.setApplication({ clientId, certificates: [cert] });
    expect((await call()).token).toMatch(/^ey/);
  });
});
