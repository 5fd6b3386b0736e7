// Covers a browser's requests to the authorization endpoint, its answers, and how a client redeems codes.
import { createHash } from "node:crypto";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { authorize } from "../../../src/testing/entra/authorize.js";
import { createFakeIdentityService, serviceOf } from "../../../src/testing/fakeIdentityService.js";
import { createServiceCore } from "../../../src/testing/serviceCore.js";
import { askToken, clientForm, decode, readJson, type TokenReply } from "./form.js";

const verifier = "a-verifier-that-is-as-long-as-the-standard-wants-it";
const challenge = createHash("sha256").update(verifier).digest("base64url");
const redirectUri = "http://localhost:3000/auth";
const teams = "https://auth.msft.communication.azure.com/Teams.ManageCalls";

function setUp() {
  const core = createServiceCore();
  const service = serviceOf(core);
  const { tenantId, clientId: client_id } = service.entra;
  const query = {
    client_id,
    response_type: "code",
    redirect_uri: redirectUri,
    scope: `openid profile offline_access ${teams}`,
    code_challenge: challenge,
    code_challenge_method: "S256",
    login_hint: "alice@contoso.com",
    state: "a state",
    nonce: "a nonce",
  };
  const signIn = (changes: Record<string, string> = {}, tenant = tenantId) =>
    authorize(core, {
      tenant,
      authorityHost: service.entra.authorityHost,
      parameters: new URLSearchParams(
        Object.entries({ ...query, ...changes }).filter(([, value]) => value !== ""),
      ),
    });
  const code = async (changes: Record<string, string> = {}): Promise<string> => {
    const outcome = await signIn(changes);
    return "redirect" in outcome ? (outcome.redirect.parameters.code ?? "") : "";
  };
  const redeem = (given: string, changes: Record<string, string> = {}, tenant?: string) =>
    askToken(
      service,
      {
        client_id,
        grant_type: "authorization_code",
        code: given,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        ...changes,
      },
      tenant,
    );
  return { service, signIn, code, redeem };
}

describe("the authorization endpoint", () => {
  it("signs in the hinted user and returns a code", async () => {
    const outcome = await setUp().signIn({ response_mode: "fragment" });
    expect(outcome).toEqual({
      redirect: {
        uri: redirectUri,
        mode: "fragment",
        parameters: { code: expect.any(String), state: "a state" },
      },
    });
  });

  it("lets the user choose without a hint, or if the prompt asks for it", async () => {
    const { signIn, service } = setUp();
    for (const changes of [{ login_hint: "" }, { prompt: "select_account" }, { prompt: "login" }]) {
      expect(await signIn(changes)).toMatchObject({ users: service.entra.users });
    }
    expect(await signIn({ login_hint: "" }, "common")).toMatchObject({ users: service.entra.users });
  });

  it("offers only the tenant's users", async () => {
    const { signIn, service } = setUp();
    const tenantId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
    const carol = {
      objectId: "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12",
      tenantId,
      username: "carol@fabrikam.com",
    };
    service.entra.setUser(carol);
    expect(await signIn({ login_hint: "" }, tenantId)).toMatchObject({ users: [carol] });
    const outcome = await signIn({}, tenantId);
    expect(outcome).toMatchObject({
      redirect: { parameters: { error_description: expect.stringContaining("AADSTS50034") } },
    });
  });

  it.each([
    ["login_required", "AADSTS50058", { prompt: "none", login_hint: "" }],
    ["unsupported_response_type", "AADSTS700054", { response_type: "token" }],
    ["invalid_scope", "AADSTS70011", { scope: "openid nonsense" }],
    ["invalid_request", "AADSTS900144", { scope: "" }],
    ["invalid_request", "AADSTS900144", { response_type: "" }],
    ["invalid_request", "code_challenge_method", { code_challenge_method: "S512" }],
    ["invalid_request", "code_challenge_method", { code_challenge_method: "s256" }],
    ["invalid_request", "code_challenge_method", { code_challenge_method: "s256", login_hint: "" }],
    ["invalid_request", "AADSTS501491", { code_challenge: challenge.slice(1) }],
    ["invalid_request", "AADSTS501491", { code_challenge: `${challenge}=` }],
    ["invalid_request", "AADSTS501491", { code_challenge: `${challenge}a` }],
    ["invalid_request", "AADSTS501491", { code_challenge: "a".repeat(42), code_challenge_method: "plain" }],
    ["invalid_request", "AADSTS501491", { code_challenge: "a".repeat(129), code_challenge_method: "plain" }],
  ])("returns the error %s with %s", async (error, description, changes) => {
    expect(await setUp().signIn(changes)).toMatchObject({
      redirect: {
        uri: redirectUri,
        parameters: { error, state: "a state", error_description: expect.stringContaining(description) },
      },
    });
  });

  it.each([
    ["", [], {}],
    [" for the second resource", [teams], { scope: `${teams} https://communication.azure.com/clients/Chat` }],
  ])("returns consent_required if consent is missing%s", async (_, permissions, changes) => {
    const { service, signIn } = setUp();
    service.entra.setApplication({ clientId: service.entra.clientId, permissions });
    expect(await signIn(changes)).toMatchObject({
      redirect: {
        parameters: {
          error: "consent_required",
          suberror: "consent_required",
          error_description: expect.stringMatching(/^AADSTS65001: .*not consented/),
        },
      },
    });
  });

  it.each([
    ["https://example.com/auth", 50011],
    ["http://localhost.example.com/", 50011],
    ["http://127.0.0.1.example.com/", 50011],
    ["javascript:alert(1)//localhost", 50011],
    ["", 500113],
  ])("doesn't redirect to '%s'", async (redirect_uri, number) => {
    await expect(setUp().signIn({ redirect_uri })).rejects.toMatchObject({ number });
  });

  it.each(["http://127.0.0.1:5/x", "https://[::1]:8443/", "http://app.localhost/", redirectUri])(
    "redirects to the local address %s",
    async (redirect_uri) => {
      expect(await setUp().signIn({ redirect_uri })).toMatchObject({ redirect: { uri: redirect_uri } });
    },
  );

  it("redirects to a registered URI, and rejects unknown applications and tenants", async () => {
    const { service, signIn } = setUp();
    const uri = "https://app.contoso.com/auth";
    service.entra.setApplication({ clientId: service.entra.clientId, redirectUris: [uri] });
    expect(await signIn({ redirect_uri: uri })).toMatchObject({ redirect: { uri } });
    expect(await signIn({ redirect_uri: "" })).toMatchObject({ redirect: { uri } });
    await expect(signIn({ client_id: "" })).rejects.toMatchObject({ number: 900144 });
    await expect(signIn({ client_id: "x" })).rejects.toMatchObject({ number: 700016 });
    await expect(signIn({}, "nowhere")).rejects.toMatchObject({ number: 90002 });
  });
});

describe("an ID token of the authorization endpoint", () => {
  it.each([
    ["id_token", ["id_token", "state"]],
    ["code id_token", ["code", "id_token", "state"]],
    ["id_token code", ["code", "id_token", "state"]],
  ])("is issued for the response type %s, in the fragment", async (response_type, names) => {
    const outcome = await setUp().signIn({ response_type });
    expect(outcome).toMatchObject({ redirect: { uri: redirectUri, mode: "fragment" } });
    const { code, id_token = "", ...others } = "redirect" in outcome ? outcome.redirect.parameters : {};
    expect(Object.keys({ ...(code && { code }), id_token, ...others })).toEqual(names);
    const hash = code && createHash("sha256").update(code).digest().subarray(0, 16).toString("base64url");
    const { nonce, name, c_hash } = decode(id_token);
    expect([nonce, name, c_hash]).toEqual(["a nonce", "Alice", hash]);
  });

  it.each([
    ["unsupported_response_mode", /^AADSTS70007: /, { response_mode: "query" }, true],
    ["invalid_request", /^AADSTS140000: /, { nonce: "" }, true],
    [
      "unsupported_response_type",
      /^AADSTS700054: .* under Entra ID on the emulator's page, or set enableIdTokenIssuance/,
      {},
      false,
    ],
  ])("is refused as %s with %s", async (error, error_description, changes, enableIdTokenIssuance) => {
    const { service, signIn } = setUp();
    service.entra.setApplication({ clientId: service.entra.clientId, enableIdTokenIssuance });
    for (const response_type of ["id_token", "code id_token"]) {
      expect(await signIn({ response_type, ...changes })).toMatchObject({
        redirect: {
          mode: "fragment",
          parameters: { error, error_description: expect.stringMatching(error_description) },
        },
      });
    }
    expect(await signIn()).toMatchObject({ redirect: { parameters: { code: expect.any(String) } } });
  });
});

describe("what an application learns of a user", () => {
  it.each([
    ["openid", "alice@contoso.com", {}],
    ["openid profile", "alice@contoso.com", { name: "Alice" }],
    ["openid email", "alice@contoso.com", { email: "alice@contoso.com" }],
    ["openid email", "", {}],
  ])("with the scope %s and the email '%s' is %j", async (scope, email, profile) => {
    const { service, code, redeem } = setUp();
    const [{ objectId = "" } = {}] = service.entra.users;
    service.entra.setUser({ objectId, username: "alice@contoso.com", email });
    const { body } = await redeem(await code({ scope }));
    expect([body.scope, decode(body.access_token).scp, body.refresh_token]).toEqual([
      scope,
      scope,
      undefined,
    ]);
    const { aud, iss, iat, nbf, exp, nonce, sub, tid, ver, ...learned } = decode(body.id_token);
    const ids = scope.includes("profile") ? { oid: objectId, preferred_username: "alice@contoso.com" } : {};
    expect(learned).toEqual({ ...ids, ...profile });
    expect(await readJson(service, "/oidc/userinfo", body.access_token)).toEqual({ sub, ...profile });
  });

  it("includes an id that is another one at each application, and the same in each service", async () => {
    const clientId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
    const subjects = async (changes: Record<string, string> = {}) => {
      const { service, code, redeem } = setUp();
      service.entra.setApplication({ clientId });
      const { client_id = service.entra.clientId } = changes;
      const { body } = await redeem(await code(changes), { client_id });
      return [decode(body.id_token).sub, decode(body.access_token).sub];
    };
    const [own, again] = await subjects();
    expect([own, again]).toEqual(await subjects());
    expect(again).toBe(own);
    const [foreign] = await subjects({ client_id: clientId });
    expect(foreign).not.toBe(own);
    // A token for an application's own interface has the subject that this application knows.
    expect(await subjects({ scope: `openid api://${clientId}/access_as_user` })).toEqual([own, foreign]);
  });

  it("isn't told for another token than a user's for Graph", async () => {
    const { service, code, redeem } = setUp();
    const { body } = await redeem(await code());
    for (const token of [undefined, "nonsense", body.access_token, body.id_token]) {
      expect(await readJson(service, "/oidc/userinfo", token)).toMatchObject({ error: "invalid_token" });
    }
  });
});

describe("the OpenID configuration", () => {
  it.each(["", "/v2.0"])("of %s is true", async (version) => {
    const { service, signIn } = setUp();
    const { authorityHost, tenantId } = service.entra;
    const configuration = await readJson(service, `/${tenantId}${version}/.well-known/openid-configuration`);
    expect(configuration.issuer).toBe(`${authorityHost}/${tenantId}${version || "/"}`);
    for (const [name, url] of Object.entries<string>(configuration)) {
      if (!/_endpoint$|^jwks_uri$/.test(name)) continue;
      const { status } = await service.fetch(new Request(url));
      expect([name, status]).not.toEqual([name, 404]);
    }
    for (const response_type of configuration.response_types_supported) {
      expect(await signIn({ response_type })).not.toHaveProperty("redirect.parameters.error");
    }
    const both = await signIn({ response_type: "code id_token", scope: "openid profile email" });
    const { id_token = "" } = "redirect" in both ? both.redirect.parameters : {};
    expect(Object.keys(decode(id_token)).sort()).toEqual([...configuration.claims_supported].sort());
    expect(configuration.subject_types_supported).toEqual(["pairwise"]);
  });
});

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
