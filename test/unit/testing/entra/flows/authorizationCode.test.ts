import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { clientForm, decode, type TokenReply } from "../form.js";
import { type Fields, setUp, teams, verifier } from "../signInForm.js";

const chat = "https://communication.azure.com/clients/Chat";
const otherClient = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
const client_secret = "acs-identity-emulator-well-known-client-secret";
const plain = { code_challenge: verifier, code_challenge_method: "plain" };

/** Verifiers that the standard doesn't allow, although their hash is right. */
const wrongVerifiers = ["a", "a".repeat(42), "a".repeat(129), `${"a".repeat(43)}+`].map(
  (code_verifier): [number, Fields, Fields] => [
    501481,
    { code_verifier },
    { code_challenge: createHash("sha256").update(code_verifier).digest("base64url") },
  ],
);

describe("an authorization code", () => {
  it("can be redeemed once, for the user's tokens", async () => {
    const { service, code, redeem } = setUp();
    const { tenantId, clientId } = service.entra;
    service.entra.setApplication({ clientId, tenantId: otherClient });
    const given = await code();
    service.clock.advance({ hours: 5 });
    expect((await redeem(given, {}, otherClient)).body.error_codes).toEqual([50034]);
    const { status, body } = await redeem(given, { client_info: "1" });
    expect(status).toBe(200);
    expect(decode(body.id_token)).toMatchObject({
      aud: clientId,
      iss: `${service.entra.authorityHost}/${tenantId}/v2.0`,
      tid: tenantId,
      nonce: "a nonce",
      name: "Alice",
    });
    const { uid, utid } = JSON.parse(Buffer.from(body.client_info, "base64url").toString());
    expect([uid, utid]).toEqual([decode(body.id_token).oid, tenantId]);
    expect((await redeem(await code())).body).not.toHaveProperty("client_info");
    expect((await redeem(given)).body.error_codes).toEqual([54005]);
    const { refresh_token } = body;
    const refresh = await redeem("", { grant_type: "refresh_token", refresh_token }, otherClient);
    expect(refresh.body.error_codes).toEqual([50034]);
  });

  it.each<[number, Fields, Fields?]>([
    [501481, { code_verifier: "another-verifier-that-is-as-long-as-the-standard" }],
    [501481, { code_verifier: `${verifier}x` }, plain],
    [501481, { client_secret }, { code_challenge: "" }],
    ...wrongVerifiers,
    [7000218, { code_verifier: "" }, { code_challenge: "" }],
    [500112, { redirect_uri: "http://localhost:3000/other" }],
    [900144, { redirect_uri: "" }],
    [9002313, { code: "nonsense" }],
    [900144, { code: "" }],
    [7000215, { client_secret: "wrong" }],
    [70000, { client_id: otherClient }],
    [28000, { scope: `${teams} https://graph.microsoft.com/User.Read` }],
  ])("is rejected with AADSTS%i for %j, and stays valid", async (number, changes, query) => {
    const { service, code, redeem } = setUp();
    service.entra.setApplication({ clientId: otherClient });
    const given = await code(query);
    expect((await redeem(given, changes)).body.error_codes).toEqual([number]);
    if (!query) expect((await redeem(given)).status).toBe(200);
  });

  it.each<[string, Fields, Fields]>([
    ["a plain challenge", plain, {}],
    ["a plain challenge, which is the default", { ...plain, code_challenge_method: "" }, {}],
    ...[43, 128].map((length): [string, Fields, Fields] => [
      `a verifier of ${length} characters`,
      { ...plain, code_challenge: "~".repeat(length) },
      { code_verifier: "~".repeat(length) },
    ]),
    ["a secret instead of a challenge", { code_challenge: "" }, { client_secret, code_verifier: "" }],
  ])("can be redeemed with %s", async (_, query, changes) => {
    const { code, redeem } = setUp();
    expect((await redeem(await code(query), changes)).status).toBe(200);
  });

  it("is for the resource that the token request names, with the OpenID scopes of the sign-in", async () => {
    const { code, redeem } = setUp();
    const given = await code({ scope: `openid offline_access ${teams} ${chat}` });
    expect((await redeem(given)).body).toMatchObject({ error: "invalid_request", error_codes: [28003] });
    const { body } = await redeem(given, { scope: teams });
    expect([body.scope, Boolean(body.id_token)]).toEqual([teams, true]);
  });

  it.each([
    ["openid profile email User.Read", "User.Read openid profile email"],
    ["https://graph.microsoft.com/User.Read", "https://graph.microsoft.com/User.Read"],
    ["https://graph.microsoft.com/.default", "https://graph.microsoft.com/.default User.Read"],
  ])(
    "grants the scope %j as it was requested, and what consent adds in Graph's short form",
    async (scope, granted) => {
      const { code, redeem } = setUp();
      expect((await redeem(await code({ scope }))).body.scope).toBe(granted);
    },
  );

  it("expires after ten minutes of this machine's, other tokens after an hour, and a refresh token after 90 days", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
    const { service, code, redeem, refresh } = setUp();
    service.clock.advance({ hours: 5 });
    const [first, second] = [await code(), await code()];
    const after = async (seconds: number, ask: () => Promise<TokenReply>) => {
      vi.setSystemTime(Date.now() + seconds * 1000);
      return (await ask()).body;
    };
    const { refresh_token, access_token, id_token } = await after(599, () => redeem(first));
    const iat = 1_800_000_599;
    for (const token of [access_token, id_token])
      expect(decode(token)).toMatchObject({ iat, nbf: iat, exp: iat + 3600 });
    expect((await redeem(first)).body.error_codes).toEqual([54005]);
    expect((await after(1, () => redeem(second))).error_codes).toEqual([70008]);
    const again = () => refresh(refresh_token);
    expect((await after(90 * 24 * 3600 - 2, again)).access_token).toBeTruthy();
    expect((await after(1, again)).error_codes).toEqual([700082]);
  });
});

describe("a refresh token", () => {
  it("still has the sign-in's scopes after a refresh for another resource", async () => {
    const { code, redeem, refresh } = setUp();
    const { body } = await redeem(await code({ scope: `openid offline_access ${teams}` }));
    const refreshed = async (token: string, scope: string) => {
      const { access_token, ...others } = (await refresh(token, { scope })).body;
      return { ...others, permissions: decode(access_token).scp };
    };
    const second = await refreshed(body.refresh_token, chat);
    expect(second).toMatchObject({ scope: chat, permissions: "Chat", id_token: expect.any(String) });
    // Without a resource, it's that of the sign-in. A scope without a value counts as none.
    expect(await refreshed(second.refresh_token, "")).toMatchObject({ permissions: "Teams.ManageCalls" });
    const third = await refreshed(second.refresh_token, "openid email");
    expect(third).toMatchObject({ scope: teams });
    expect(decode(third.id_token).email).toBe("alice@contoso.com");
  });

  it("yields tokens for other scopes, until the consent or the user is removed", async () => {
    const { service, code, redeem, refresh } = setUp();
    const { body } = await redeem(await code());
    const renew = (changes: Fields = {}) => refresh(body.refresh_token, { scope: teams, ...changes });
    const chat = await renew({ scope: "https://communication.azure.com/clients/Chat offline_access" });
    expect(decode(chat.body.access_token)).toMatchObject({
      aud: "https://communication.azure.com/clients",
      scp: "Chat",
    });
    expect(chat.body.refresh_token).not.toBe(body.refresh_token);
    // After a restart, the service is another one.
    expect((await setUp().refresh(body.refresh_token)).status).toBe(200);
    for (const refresh_token of [body.access_token, await code()])
      expect((await renew({ refresh_token })).body.error_codes).toEqual([70000]);
    expect((await redeem(body.refresh_token)).body.error_codes).toEqual([9002313]);
    expect((await renew({ refresh_token: "" })).body.error_codes).toEqual([900144]);
    service.entra.setApplication({ clientId: service.entra.clientId, permissions: [] });
    expect((await renew()).body).toMatchObject({ suberror: "consent_required" });
    service.entra.deletePrincipal(decode(body.id_token).oid.toUpperCase());
    expect((await renew()).body.error_codes).toEqual([50034]);
  });

  it("is worth nothing to another application", async () => {
    const { service, code, redeem, refresh } = setUp();
    const { body } = await redeem(await code());
    service.entra.setApplication({ clientId: otherClient });
    const stolen = await refresh(body.refresh_token, { scope: teams, client_id: otherClient });
    expect(stolen.body.error_codes).toEqual([70000]);
  });

  it("that a confidential client got needs its secret again", async () => {
    const { service, code, redeem, refresh } = setUp();
    const { body } = await redeem(await code(), clientForm(service));
    expect((await refresh(body.refresh_token)).body.error_codes).toEqual([7000218]);
    const again = await refresh(body.refresh_token, clientForm(service));
    expect(decode(again.body.access_token).appidacr).toBe("1");
    expect((await refresh(again.body.refresh_token)).body.error_codes).toEqual([7000218]);
  });
});
