import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createFakeIdentityService, type FakeIdentityService } from "../../../src/testing/index.js";
import { askToken, decode } from "./form.js";

const scope = "https://communication.azure.com/clients/VoIP";
const grant_type = "urn:ietf:params:oauth:grant-type:device_code";

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

function redeem(service: FakeIdentityService, device_code: string, client_id = service.entra.clientId) {
  return askToken(service, { grant_type, client_id, device_code });
}

describe("a device code", () => {
  it("gives a token once its user has signed in, and only once", async () => {
    const service = createFakeIdentityService();
    const carol = { tenantId: crypto.randomUUID(), username: "carol@fabrikam.com" };
    service.entra.setUser({ objectId: crypto.randomUUID(), ...carol });
    const { status, body } = await start(service);
    expect(status).toBe(200);
    const { device_code, user_code, verification_uri } = body;
    expect(user_code).toMatch(/^[0-9A-F]{9}$/);
    expect(body).toMatchObject({ expires_in: 900, message: expect.stringContaining(user_code) });
    expect((await redeem(service, device_code)).body).toMatchObject({
      error: "authorization_pending",
      error_codes: [70016],
    });
    expect((await visit(service, verification_uri)).html).toContain('name="user_code"');
    expect((await visit(service, verification_uri, { user_code: "x" })).html).toContain("didn't work");
    const choice = await visit(service, verification_uri, { user_code: ` ${user_code.toLowerCase()} ` });
    expect(choice.html).toMatch(/Alice.*Bob.*no role on the resource, no Teams license.*no password/);
    expect(choice.html).not.toContain("carol@fabrikam.com");
    const query = { user_code, login_hint: "bob@contoso.com" };
    expect((await visit(service, verification_uri, query)).html).toContain("You have signed in");
    const clientId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
    service.entra.setApplication({ clientId });
    expect((await redeem(service, device_code, clientId)).body).toMatchObject({
      error: "bad_verification_code",
      error_codes: [7000014],
    });
    const granted = await redeem(service, device_code);
    expect(decode(granted.body.access_token)).toMatchObject({ scp: "VoIP", upn: "bob@contoso.com" });
    expect((await redeem(service, device_code)).body.error_codes).toEqual([7000014]);
  });

  it("is gone after a reset", async () => {
    const service = createFakeIdentityService();
    const { device_code, user_code, verification_uri } = (await start(service)).body;
    service.reset();
    expect((await visit(service, verification_uri, { user_code })).html).toContain("didn't work");
    expect((await redeem(service, device_code)).body.error_codes).toEqual([7000014]);
  });

  it("is one of the latest thousand: then the oldest one is dropped", async () => {
    const service = createFakeIdentityService();
    const { device_code: oldest } = (await start(service)).body;
    const { device_code: second } = (await start(service)).body;
    for (let count = 0; count < 999; count++) await start(service);
    expect((await redeem(service, oldest)).body.error_codes).toEqual([7000014]);
    expect((await redeem(service, second)).body.error).toBe("authorization_pending");
  });

  it("isn't given for scopes of more than 4096 characters", async () => {
    const { status, body } = await start(createFakeIdentityService(), { scope: `${scope} `.repeat(100) });
    expect([status, body.error]).toEqual([400, "invalid_scope"]);
  });

  it("expires after 15 minutes", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const service = createFakeIdentityService();
    const { device_code, user_code, verification_uri } = (await start(service)).body;
    vi.setSystemTime(Date.now() + 899_000);
    expect((await redeem(service, device_code)).body.error_codes).toEqual([70016]);
    vi.setSystemTime(Date.now() + 2_000);
    expect((await redeem(service, device_code)).body).toMatchObject({
      error: "expired_token",
      error_codes: [70020],
    });
    expect((await visit(service, verification_uri, { user_code })).html).toContain("didn't work");
  });

  it.each<[string, Record<string, string>, number]>([
    ["an unknown application", { client_id: "00ac5000-0000-4717-8000-00000000000f" }, 700016],
    ["no application", { client_id: "" }, 900144],
    ["no scope", { scope: "" }, 900144],
    ["an unknown scope", { scope: "https://communication.azure.com/clients/X" }, 70011],
  ])("isn't given to %s", async (_, changes, number) => {
    const { status, body } = await start(createFakeIdentityService(), changes);
    expect([status, body.error_codes]).toEqual([400, [number]]);
  });

  it("shows in the browser why a user can't sign in", async () => {
    const service = createFakeIdentityService();
    const { tenantId } = service.entra;
    const { device_code, user_code, verification_uri } = (await start(service)).body;
    const sign = (login_hint: string) => visit(service, verification_uri, { user_code, login_hint });
    const carol = { tenantId: crypto.randomUUID(), username: "carol@fabrikam.com" };
    service.entra.setUser({ objectId: crypto.randomUUID(), ...carol });
    for (const foreign of ["nobody@contoso.com", carol.username])
      expect((await sign(foreign)).html).toContain("AADSTS50034");
    service.entra.setTenant({ tenantId, servicePrincipals: [] });
    const { status, html } = await sign("alice@contoso.com");
    expect([status, html]).toEqual([401, expect.stringContaining("AADSTS650052")]);
    expect((await redeem(service, device_code)).body.error).toBe("authorization_pending");
  });
});
