import { createHash } from "node:crypto";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createFakeIdentityService } from "../../../src/testing/fakeIdentityService.js";
import { askToken, clientForm, decode, type TokenReply } from "./form.js";
import { setUp, teams, verifier } from "./signInForm.js";

describe("an authorization code", () => {
  it("can be redeemed once, for the user's tokens", async () => {
    const { service, code, redeem } = setUp();
    const given = await code();
    service.clock.advance({ hours: 5 });
    const { status, body } = await redeem(given);
    expect(status).toBe(200);
    expect(decode(body.id_token)).toMatchObject({
      aud: service.entra.clientId,
      iss: `${service.entra.authorityHost}/${service.entra.tenantId}/v2.0`,
      nonce: "a nonce",
      name: "Alice",
    });
    expect(decode(body.access_token)).toMatchObject({ scp: "Teams.ManageCalls", upn: "alice@contoso.com" });
    const { uid, utid } = JSON.parse(Buffer.from(body.client_info, "base64url").toString());
    expect([uid, utid]).toEqual([decode(body.id_token).oid, service.entra.tenantId]);
    expect((await redeem(given)).body.error_codes).toEqual([54005]);
  });

  it.each([
    [501481, { code_verifier: "another-verifier-that-is-as-long-as-the-standard" }],
    [500112, { redirect_uri: "http://localhost:3000/other" }],
    [9002313, { code: "nonsense" }],
    [7000215, { client_secret: "wrong" }],
    [28000, { scope: `${teams} https://graph.microsoft.com/User.Read` }],
  ])("is rejected with AADSTS%i for %j", async (number, changes) => {
    const { code, redeem } = setUp();
    expect((await redeem(await code(), changes)).body.error_codes).toEqual([number]);
  });

  it("is for the resource that the token request names, with the OpenID scopes of the sign-in", async () => {
    const { service, code, redeem } = setUp();
    const chat = "https://communication.azure.com/clients/Chat";
    const given = await code({ scope: `openid offline_access ${teams} ${chat}` });
    expect((await redeem(given)).body).toMatchObject({ error: "invalid_request", error_codes: [28003] });
    const { body } = await redeem(given, { scope: teams });
    expect([body.scope, Boolean(body.id_token)]).toEqual([teams, true]);
    const { client_id } = clientForm(service);
    const refresh = async (refresh_token: string, scope: string) => {
      const form = { client_id, grant_type: "refresh_token", refresh_token, scope };
      const { access_token, ...others } = (await askToken(service, form)).body;
      return { ...others, permissions: decode(access_token).scp };
    };
    const second = await refresh(body.refresh_token, chat);
    expect(second).toMatchObject({ scope: chat, permissions: "Chat", id_token: expect.any(String) });
    // Without a resource, it's that of the sign-in. A scope without a value counts as none.
    expect(await refresh(second.refresh_token, "")).toMatchObject({ permissions: "Teams.ManageCalls" });
    expect(await refresh(second.refresh_token, "openid email")).toMatchObject({ scope: teams });
  });

  it("expires after ten minutes, and a refresh token after 90 days", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const { service, code, redeem } = setUp();
    const [first, second] = [await code(), await code()];
    const after = async (seconds: number, ask: () => Promise<TokenReply>) => {
      vi.setSystemTime(Date.now() + seconds * 1000);
      return (await ask()).body;
    };
    const { refresh_token } = await after(599, () => redeem(first));
    expect((await after(2, () => redeem(second))).error_codes).toEqual([70008]);
    const { client_id } = clientForm(service);
    const refresh = () => askToken(service, { client_id, grant_type: "refresh_token", refresh_token });
    expect((await after(90 * 24 * 3600 - 3, refresh)).access_token).toBeTruthy();
    expect((await after(2, refresh)).error_codes).toEqual([700082]);
  });

  it("takes a plain challenge, which is the default", async () => {
    const { code, redeem } = setUp();
    const query = { code_challenge: verifier, code_challenge_method: "plain" };
    expect((await redeem(await code(query))).status).toBe(200);
    expect((await redeem(await code(query), { code_verifier: `${verifier}x` })).body.error_codes).toEqual([
      501481,
    ]);
  });

  it("is rejected with a verifier that the standard doesn't allow, even if its hash is right", async () => {
    const { code, redeem } = setUp();
    for (const code_verifier of ["a", "a".repeat(42), "a".repeat(129), `${"a".repeat(43)}+`]) {
      const code_challenge = createHash("sha256").update(code_verifier).digest("base64url");
      const { body } = await redeem(await code({ code_challenge }), { code_verifier });
      expect([code_verifier, body.error_codes]).toEqual([code_verifier, [501481]]);
    }
  });

  it("is rejected with a verifier if it has no challenge", async () => {
    const { service, code, redeem } = setUp();
    const given = await code({ code_challenge: "" });
    expect((await redeem(given, clientForm(service))).body.error_codes).toEqual([501481]);
  });

  it("needs a client secret if it has no challenge", async () => {
    const { code, redeem } = setUp();
    const given = await code({ code_challenge: "" });
    expect((await redeem(given, { code_verifier: "" })).body.error_codes).toEqual([7000218]);
  });

  it("of another application is rejected", async () => {
    const { service, code, redeem } = setUp();
    const clientId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
    service.entra.setApplication({ clientId });
    expect((await redeem(await code(), { client_id: clientId })).body.error_codes).toEqual([70000]);
  });
});

describe("a refresh token", () => {
  it("yields tokens for other scopes, until the consent or the user is removed", async () => {
    const { service, code, redeem } = setUp();
    const { body } = await redeem(await code());
    const refresh = (scope: string, form = {}, at = service) =>
      askToken(at, {
        client_id: service.entra.clientId,
        grant_type: "refresh_token",
        refresh_token: body.refresh_token,
        scope,
        ...form,
      });
    const chat = await refresh("https://communication.azure.com/clients/Chat offline_access");
    expect(decode(chat.body.access_token)).toMatchObject({
      aud: "https://communication.azure.com/clients",
      scp: "Chat",
    });
    expect(chat.body.refresh_token).not.toBe(body.refresh_token);
    // After a restart, the service is another one.
    expect((await refresh(teams, {}, createFakeIdentityService())).status).toBe(200);
    expect((await refresh(teams, { refresh_token: body.access_token })).body.error_codes).toEqual([70000]);
    const client_id = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
    service.entra.setApplication({ clientId: client_id });
    expect((await refresh(teams, { client_id })).body.error_codes).toEqual([70000]);
    service.entra.setApplication({ clientId: service.entra.clientId, permissions: [] });
    expect((await refresh(teams)).body).toMatchObject({ suberror: "consent_required" });
    service.entra.deletePrincipal(decode(body.id_token).oid);
    expect((await refresh(teams)).body.error_codes).toEqual([50034]);
  });

  it("that a confidential client got needs its secret again", async () => {
    const { service, code, redeem } = setUp();
    const { body } = await redeem(await code(), clientForm(service));
    const refresh = (form: object) =>
      askToken(service, {
        client_id: service.entra.clientId,
        grant_type: "refresh_token",
        refresh_token: body.refresh_token,
        ...form,
      });
    expect((await refresh({})).body.error_codes).toEqual([7000218]);
    const again = await refresh(clientForm(service));
    expect(again.status).toBe(200);
    expect((await refresh({ refresh_token: again.body.refresh_token })).body.error_codes).toEqual([7000218]);
  });
});
