import { describe, expect, it, vi } from "vitest";
import { startDeviceSignIn } from "../../../../../src/testing/entra/flows/deviceSignIn.js";
import { toFakeIdentityService } from "../../../../../src/testing/fakeIdentityService.js";
import { createFakeIdentityService, type FakeIdentityService } from "../../../../../src/testing/index.js";
import { createFake } from "../../../../../src/testing/service/fake.js";
import { askToken, decode } from "../form.js";

const scope = "https://communication.azure.com/clients/VoIP";
const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
const carol = {
  objectId: "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12",
  tenantId: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01",
  username: "carol@fabrikam.com",
};

async function start(service: FakeIdentityService, changes: Record<string, string> = {}) {
  const { authorityHost, tenantId, clientId } = service.entra;
  const body = new URLSearchParams({ client_id: clientId, scope, ...changes });
  const url = `${authorityHost}/${tenantId}/oauth2/v2.0/devicecode`;
  const response = await service.fetch(new Request(url, { method: "POST", body }));
  return { status: response.status, body: await response.json() };
}

async function visit(service: FakeIdentityService, url: string, query: Record<string, string> = {}) {
  const response = await service.fetch(new Request(`${url}?${new URLSearchParams(query)}`));
  return { status: response.status, html: await response.text() };
}

function redeem(service: FakeIdentityService, device_code: string, changes: Record<string, string> = {}) {
  return askToken(service, { grant_type, client_id: service.entra.clientId, device_code, ...changes });
}

describe("a device code", () => {
  it.each([grant_type, "device_code"])(
    "gives a token once its user has signed in, and only once: %s",
    async (type) => {
      const bob = { objectId: "00ac5000-0b0b-4717-8000-000000000005", username: "Bob@Contoso.com" };
      const users = [carol, { ...bob, hasRole: true }];
      const service = createFakeIdentityService({ entra: { users } });
      const { body } = await start(service);
      const { device_code, user_code } = body;
      const verification_uri = `${service.entra.authorityHost}/common/oauth2/deviceauth`;
      expect(user_code).toMatch(/^[0-9A-F]{9}$/);
      expect(body).toEqual({
        device_code: expect.any(String),
        user_code,
        verification_uri,
        expires_in: 900,
        interval: 1,
        message: `To sign in, use a web browser to open the page ${verification_uri} and enter the code ${user_code} to authenticate.`,
      });
      const take = async (changes = {}) =>
        (await redeem(service, device_code, { grant_type: type, ...changes })).body;
      expect(await take()).toMatchObject({ error: "authorization_pending", error_codes: [70016] });
      expect((await visit(service, verification_uri)).html).toContain('name="user_code"');
      expect((await visit(service, verification_uri, { user_code: "x" })).html).toContain("didn't work");
      const choice = await visit(service, verification_uri, { user_code: ` ${user_code.toLowerCase()} ` });
      expect(choice.html).toMatch(
        /Alice.*, role .*, Teams.*Bob.*, role on the resource, no Teams license.*no password/s,
      );
      expect(choice.html).not.toContain(carol.username);
      // The latest one counts.
      for (const login_hint of ["alice@contoso.com", "bob@contoso.com"]) {
        const query = { user_code, login_hint };
        expect((await visit(service, verification_uri, query)).html).toContain("You have signed in");
      }
      const client_id = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
      service.entra.setApplication({ clientId: client_id });
      expect(await take({ client_id })).toMatchObject({
        error: "bad_verification_code",
        error_codes: [7000014],
      });
      expect((await take({ scope: "nonsense" })).error_codes).toEqual([650053]);
      expect((await take({ device_code: "" })).error_codes).toEqual([900144]);
      expect(decode((await take()).access_token)).toMatchObject({ scp: "VoIP", upn: "Bob@Contoso.com" });
      expect((await take()).error_codes).toEqual([7000014]);
    },
  );

  it("is gone after a reset", async () => {
    const service = createFakeIdentityService();
    const { device_code, user_code, verification_uri } = (await start(service)).body;
    service.reset();
    expect((await visit(service, verification_uri, { user_code })).html).toContain("didn't work");
    expect((await redeem(service, device_code)).body.error_codes).toEqual([7000014]);
  });

  it("is one of the latest thousand: then the oldest one is dropped", async () => {
    const fake = createFake();
    const service = toFakeIdentityService(fake);
    const { authorityHost, tenantId: tenant, clientId: client_id } = service.entra;
    const parameters = new URLSearchParams({ client_id, scope });
    const codes = Array.from(
      { length: 1001 },
      () => startDeviceSignIn(fake, { tenant, authorityHost, parameters }) as { device_code: string },
    );
    const errors = [];
    for (const { device_code } of codes.slice(0, 2))
      errors.push((await redeem(service, device_code)).body.error);
    expect(errors).toEqual(["bad_verification_code", "authorization_pending"]);
  });

  it("expires after 15 minutes of this machine's, and no other one with it", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const service = createFakeIdentityService();
    service.clock.advance({ hours: 1 });
    const { device_code, user_code, verification_uri } = (await start(service)).body;
    vi.setSystemTime(Date.now() + 900_000);
    const later = (await start(service)).body.device_code;
    expect((await redeem(service, device_code)).body.error_codes).toEqual([70016]);
    const query = { user_code, login_hint: "alice@contoso.com" };
    expect((await visit(service, verification_uri, query)).html).toContain("You have signed in");
    vi.setSystemTime(Date.now() + 1);
    expect((await redeem(service, device_code)).body).toMatchObject({
      error: "expired_token",
      error_codes: [70020],
    });
    expect((await visit(service, verification_uri, { user_code })).html).toContain("didn't work");
    await start(service);
    expect((await redeem(service, device_code)).body.error_codes).toEqual([7000014]);
    expect((await redeem(service, later)).body.error_codes).toEqual([70016]);
    vi.setSystemTime(Date.now() + 900_000);
    expect((await redeem(service, later)).body.error_codes).toEqual([70020]);
  });

  it("is given for scopes of 4096 characters", async () => {
    expect((await start(createFakeIdentityService(), { scope: scope.padEnd(4096) })).status).toBe(200);
  });

  it.each<[string, Record<string, string>, number, number?]>([
    ["an unknown application", { client_id: "00ac5000-0000-4717-8000-00000000000f" }, 700016],
    ["no application", { client_id: "" }, 900144],
    ["no scope", { scope: "" }, 900144],
    ["an unknown scope", { scope: "https://communication.azure.com/clients/X" }, 650053, 401],
    ["scopes of more than 4096 characters", { scope: scope.padEnd(4097) }, 70011],
  ])("isn't given for %s", async (_, changes, number, expected = 400) => {
    const { status, body } = await start(createFakeIdentityService(), changes);
    expect([status, body.error_codes]).toEqual([expected, [number]]);
  });

  it("shows in the browser why a user can't sign in", async () => {
    const service = createFakeIdentityService();
    const { tenantId } = service.entra;
    const clientId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
    service.entra.setUser(carol);
    service.entra.setApplication({ clientId, tenantId: carol.tenantId });
    const startFor = async (asked: string) =>
      (await start(service, { client_id: clientId, scope: asked })).body;
    const { device_code, user_code, verification_uri } = await startFor(scope);
    const sign = (login_hint: string, code = user_code) =>
      visit(service, verification_uri, { user_code: code, login_hint });
    for (const foreign of ["nobody@contoso.com", carol.username])
      expect((await sign(foreign)).html).toMatch(/AADSTS50034.*Add it under Entra ID on the emulator's page/);
    service.entra.setTenant({ tenantId, servicePrincipals: [] });
    for (const asked of [scope, `User.Read ${scope}`, `${scope} User.Read`]) {
      const { status, html } = await sign("alice@contoso.com", (await startFor(asked)).user_code);
      expect([status, html]).toEqual([401, expect.stringContaining("AADSTS650052")]);
    }
    await sign("alice@contoso.com");
    expect((await redeem(service, device_code, { client_id: clientId })).body.error).toBe(
      "authorization_pending",
    );
    service.entra.deletePrincipal(clientId);
    expect((await sign("alice@contoso.com")).html).toContain("AADSTS700016");
  });
});
