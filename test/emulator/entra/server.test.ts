import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../src/emulator/index.js";
import { send } from "../http.js";

async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

const resource = encodeURIComponent("https://communication.azure.com/");

describe("a managed identity's token", () => {
  it.each([
    [
      "App Service",
      `/msi/token?api-version=2019-08-01&resource=${resource}`,
      "x-identity-header",
      "acs-identity-emulator",
    ],
    [
      "a virtual machine",
      `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${resource}`,
      "metadata",
      "true",
    ],
  ])("is issued as on %s, but not without the header", async (_, target, header, value) => {
    const { url, service } = await start();
    const { status, json } = await send(url, "GET", target, { headers: { [header]: value } });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      token_type: "Bearer",
      resource: "https://communication.azure.com/",
      client_id: service.entra.clientId,
      expires_on: expect.stringMatching(/^\d+$/),
    });
    const headers = { authorization: `Bearer ${json.access_token}` };
    expect((await send(url, "POST", "/identities?api-version=2023-10-01", { headers })).status).toBe(201);
    const refused = await send(url, "GET", target);
    expect([refused.status >= 400, refused.json.error]).toEqual([true, "invalid_request"]);
    const unknown = await send(url, "GET", `${target}&client_id=unknown`, { headers: { [header]: value } });
    expect([unknown.status, unknown.json.error_description]).toEqual([400, "Identity not found"]);
  });
});

describe("the sign-in page", () => {
  const query = (emulator: Emulator, changes: Record<string, string>) =>
    new URLSearchParams({
      client_id: emulator.service.entra.clientId,
      response_type: "code",
      redirect_uri: "http://localhost:3000/auth",
      scope: "openid",
      login_hint: "alice@contoso.com",
      ...changes,
    });
  const ask = (emulator: Emulator, changes: Record<string, string> = {}) =>
    fetch(
      `${emulator.url}/${emulator.service.entra.tenantId}/oauth2/v2.0/authorize?${query(emulator, changes)}`,
      { redirect: "manual" },
    );

  it("returns the code in the query, the fragment or a form", async () => {
    const emulator = await start();
    expect((await ask(emulator)).headers.get("location")).toMatch(/^http:\/\/localhost:3000\/auth\?code=ey/);
    const fragment = await ask(emulator, { response_mode: "fragment", state: "a b" });
    expect(fragment.headers.get("location")).toMatch(/^http:\/\/localhost:3000\/auth#code=ey\S+&state=a\+b$/);
    const form = await ask(emulator, { response_mode: "form_post", state: '"><script>' });
    expect(form.status).toBe(200);
    const html = await form.text();
    expect(html).toContain('<form method="post" action="http://localhost:3000/auth">');
    expect(html).toContain('name="state" value="&quot;&gt;&lt;script&gt;"');
  });

  it("escapes the names of users and applications", async () => {
    const emulator = await start();
    const { entra } = emulator.service;
    const name = "<img src=x onerror=alert(1)>";
    entra.setApplication({ clientId: entra.clientId, name });
    entra.setUser({ objectId: entra.users[0]?.objectId ?? "", username: "alice@contoso.com", name });
    const response = await ask(emulator, { login_hint: "" });
    expect(response.headers.get("content-security-policy")).toMatch(/default-src 'none'/);
    expect(await response.text()).not.toContain("<img");
  });

  it("redirects only to this machine after signing out", async () => {
    const emulator = await start();
    const leave = (uri: string) =>
      fetch(
        `${emulator.url}/common/oauth2/v2.0/logout?post_logout_redirect_uri=${encodeURIComponent(uri)}&state=s`,
        { redirect: "manual" },
      );
    expect((await leave("http://localhost:3000/")).headers.get("location")).toBe(
      "http://localhost:3000/?state=s",
    );
    expect((await leave("https://evil.example/")).status).toBe(200);
  });

  it("keeps codes out of the log", async () => {
    const log: unknown[] = [];
    const emulator = await start({ onLog: (entry) => log.push(entry) });
    const code = /code=(.*)/.exec((await ask(emulator)).headers.get("location") ?? "")?.[1] ?? "";
    expect(log).toHaveLength(1);
    expect(JSON.stringify([log, emulator.service.requests])).not.toContain(code);
  });
});

describe("the admin API", () => {
  it("returns the sign-in settings", async () => {
    const { url, service } = await start();
    const { authorityHost, tenantId, clientId, clientSecret } = service.entra;
    expect(authorityHost).toBe(url);
    const entra = { authorityHost, tenantId, clientId, clientSecret };
    expect((await send(url, "GET", "/_emulator/info")).json.entra).toEqual(entra);
    const { json } = await send(url, "GET", "/_emulator/entra");
    expect(json).toMatchObject({ ...entra, users: [{ name: "Alice" }, { name: "Bob" }] });
    expect(json.environment).toEqual([
      `AZURE_TENANT_ID=${tenantId}`,
      `AZURE_CLIENT_ID=${clientId}`,
      `AZURE_CLIENT_SECRET=${clientSecret}`,
      `AZURE_AUTHORITY_HOST=${url}`,
      `COMMUNICATION_ENDPOINT=${url}`,
    ]);
  });

  it("adds, changes and deletes users and applications, and a data file keeps the changes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "acs-identity-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const data = join(folder, "state");
    const objectId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
    const before = await start({ data });
    const admin = (method: string, path: string, body?: unknown) =>
      send(before.url, method, `/_emulator/entra${path}`, body === undefined ? {} : { body });
    const user = { objectId, username: "carol@contoso.com" };
    expect((await admin("POST", "/users", user)).json).toMatchObject({ ...user, hasRole: true });
    expect((await admin("POST", "/users", { objectId, hasRole: false })).json).toMatchObject({
      ...user,
      hasRole: false,
    });
    const { clientId, users } = before.service.entra;
    expect((await admin("POST", "/applications", { clientId, permissions: [] })).json.permissions).toEqual(
      [],
    );
    expect((await admin("DELETE", `/principals/${users[0]?.objectId.toUpperCase()}`)).status).toBe(204);
    expect((await admin("DELETE", `/principals/${users[0]?.objectId}`)).status).toBe(404);
    expect((await admin("POST", "/users", { objectId: "x" })).status).toBe(400);
    expect((await admin("POST", "/users", { ...user, role: true })).status).toBe(400);
    const expected = before.service.entra.users;
    await before.close();

    const after = await start({ data });
    expect(after.service.entra.users).toEqual(expected);
    expect(after.service.entra.users.map(({ username }) => username)).toEqual([
      "bob@contoso.com",
      "carol@contoso.com",
    ]);
    expect(after.service.entra.applications).toMatchObject([{ clientId, permissions: [] }]);
  });
});

it("an OpenID client can discover the authority of an emulator over HTTP", async () => {
  const { url } = await start();
  const configuration = await send(url, "GET", "/common/v2.0/.well-known/openid-configuration");
  expect(configuration.json).toMatchObject({
    issuer: `${url}/{tenantid}/v2.0`,
    authorization_endpoint: `${url}/common/oauth2/v2.0/authorize`,
  });
  const keys = await send(url, "GET", "/common/discovery/v2.0/keys");
  expect(keys.json).toMatchObject({ keys: [{ issuer: `${url}/{tenantid}/v2.0` }] });
  const instance = `/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent(`${url}/organizations/oauth2/v2.0/authorize`)}`;
  expect((await send(url, "GET", instance)).json).toMatchObject({
    tenant_discovery_endpoint: `${url}/organizations/v2.0/.well-known/openid-configuration`,
    metadata: [{ preferred_network: new URL(url).host }],
  });
});
