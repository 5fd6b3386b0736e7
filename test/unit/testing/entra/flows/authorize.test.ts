import { describe, expect, it } from "vitest";
import { decode, readJson } from "../form.js";
import { challenge, type Fields, redirectUri, setUp, teams } from "../signInForm.js";

describe("the authorization endpoint", () => {
  it.each([{}, { login_hint: "ALICE@contoso.com" }, { prompt: "none" }, { prompt: "consent" }])(
    "signs in the hinted user and returns a code: %j",
    async (changes) => {
      const outcome = await setUp().signIn({ response_mode: "fragment", ...changes });
      expect(outcome).toEqual({
        redirect: {
          uri: redirectUri,
          mode: "fragment",
          parameters: { code: expect.any(String), state: "a state" },
        },
      });
    },
  );

  it("lets the user choose without a hint, or if the prompt asks for it", async () => {
    const { signIn, service } = setUp();
    for (const changes of [{ login_hint: "" }, { prompt: "select_account" }, { prompt: "login" }]) {
      expect(await signIn(changes)).toMatchObject({ users: service.entra.users });
    }
    for (const tenant of ["common", "organizations"])
      expect(await signIn({ login_hint: "" }, tenant)).toMatchObject({ users: service.entra.users });
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

  it.each<[string, string, Fields]>([
    ["login_required", "AADSTS50058", { prompt: "none", login_hint: "" }],
    ["unsupported_response_type", "AADSTS700051", { response_type: "token" }],
    ["unsupported_response_type", "AADSTS700054", { response_type: "nonsense" }],
    [
      "invalid_client",
      "scope 'nonsense' that doesn't exist on the resource '00000003-0000-0000-c000-000000000000'",
      { scope: "openid nonsense" },
    ],
    ["invalid_scope", "AADSTS70011", { scope: "/nonsense" }],
    ["invalid_request", "AADSTS90023", { prompt: "bogus" }],
    ["invalid_request", "AADSTS90023", { prompt: "select_account consent" }],
    ["unsupported_response_mode", "AADSTS70007", { response_mode: "bogus", login_hint: "" }],
    ["invalid_request", "AADSTS900144", { scope: "" }],
    ["invalid_request", "AADSTS900144", { response_type: "" }],
    ["invalid_request", "AADSTS50149", { code_challenge_method: "S512" }],
    ["invalid_request", "AADSTS50149", { code_challenge_method: "s256" }],
    ["invalid_request", "AADSTS50149", { code_challenge_method: "s256", login_hint: "" }],
    ["invalid_request", "AADSTS501491", { code_challenge: challenge.slice(1) }],
    ["invalid_request", "AADSTS501491", { code_challenge: `${challenge}=` }],
    ["invalid_request", "AADSTS501491", { code_challenge: `${challenge}a` }],
    ["invalid_request", "AADSTS501491", { code_challenge: "a".repeat(42), code_challenge_method: "plain" }],
    ["invalid_request", "AADSTS501491", { code_challenge: "a".repeat(129), code_challenge_method: "plain" }],
  ])("returns the error %s with %s", async (error, description, changes) => {
    expect(await setUp().signIn(changes)).toMatchObject({
      redirect: {
        uri: redirectUri,
        // What would answer the request with a token is no query, which servers log.
        mode: changes.response_type ? "fragment" : "query",
        parameters: { error, state: "a state", error_description: expect.stringContaining(description) },
      },
    });
  });

  it.each([
    ["", [], {}],
    [" for the second resource", [teams], { scope: `${teams} https://communication.azure.com/clients/Chat` }],
    [" for the first resource", [teams], { scope: `https://communication.azure.com/clients/Chat ${teams}` }],
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
    ["ftp://localhost/", 50011],
    ["http://localhost@example.com/", 50011],
    ["localhost", 50011],
    ["", 500113],
  ])("doesn't redirect to '%s'", async (redirect_uri, aadstsNumber) => {
    await expect(setUp().signIn({ redirect_uri })).rejects.toMatchObject({ aadstsNumber });
  });

  it.each(["http://127.255.1.2:5/x", "https://[::1]:8443/", "http://app.localhost/", redirectUri])(
    "redirects to the local address %s",
    async (redirect_uri) => {
      expect(await setUp().signIn({ redirect_uri })).toMatchObject({ redirect: { uri: redirect_uri } });
    },
  );

  it("redirects to a registered URI, and rejects unknown applications and tenants", async () => {
    const { service, signIn } = setUp();
    const uri = "https://app.contoso.com/auth";
    service.entra.setApplication({ clientId: service.entra.clientId, redirectUris: [uri, `${uri}/2`] });
    for (const redirect_uri of [uri, `${uri}/2`])
      expect(await signIn({ redirect_uri })).toMatchObject({ redirect: { uri: redirect_uri } });
    expect(await signIn({ redirect_uri: "" })).toMatchObject({ redirect: { uri } });
    await expect(signIn({ client_id: "" })).rejects.toMatchObject({ aadstsNumber: 900144 });
    await expect(signIn({ client_id: "x" })).rejects.toMatchObject({ aadstsNumber: 700016 });
    await expect(signIn({}, "nowhere")).rejects.toMatchObject({ aadstsNumber: 90002 });
  });
});

describe("the OpenID configuration", () => {
  it.each([
    ["", "00ac5000-7e4a-4717-8000-000000000001", "00ac5000-7e4a-4717-8000-000000000001"],
    ["/v2.0", "00ac5000-7e4a-4717-8000-000000000001", "00ac5000-7e4a-4717-8000-000000000001"],
    ["/v2.0", "common", "{tenantid}"],
    ["/v2.0", "organizations", "{tenantid}"],
  ])("of version '%s' and %s has what Entra's has, and this host", async (version, tenant, inIssuer) => {
    const { service, signIn } = setUp();
    const { authorityHost } = service.entra;
    const base = `${authorityHost}/${tenant}`;
    const configuration = await readJson(service, `/${tenant}${version}/.well-known/openid-configuration`);
    expect(configuration).toEqual({
      issuer: `${authorityHost}/${inIssuer}${version || "/"}`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
      userinfo_endpoint: `${authorityHost}/oidc/userinfo`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
      response_types_supported: ["code", "id_token", "code id_token"],
      response_modes_supported: ["query", "fragment", "form_post"],
      scopes_supported: ["openid", "profile", "email", "offline_access"],
      claims_supported: configuration.claims_supported,
      code_challenge_methods_supported: ["plain", "S256"],
      subject_types_supported: ["pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      request_uri_parameter_supported: false,
    });
    const { keys } = await readJson(service, `/${tenant}/discovery/v2.0/keys`);
    expect(keys[0].issuer).toBe(`${authorityHost}/${inIssuer}/v2.0`);
    const both = await signIn({ response_type: "code id_token", scope: "openid profile email" });
    const { id_token = "" } = "redirect" in both ? both.redirect.parameters : {};
    expect(Object.keys(decode(id_token)).sort()).toEqual(configuration.claims_supported.toSorted());
  });

  it("is found by a client that asks which hosts belong to the authority", async () => {
    const { service } = setUp();
    const { authorityHost } = service.entra;
    const { host } = new URL(authorityHost);
    for (const [endpoint, tenant] of [
      [`${authorityHost}/organizations/oauth2/v2.0/authorize`, "organizations"],
      ["nonsense", "common"],
      [`${authorityHost}/`, "common"],
    ]) {
      const query = new URLSearchParams({ "api-version": "1.1", authorization_endpoint: endpoint ?? "" });
      expect(await readJson(service, `/common/discovery/instance?${query}`)).toEqual({
        tenant_discovery_endpoint: `${authorityHost}/${tenant}/v2.0/.well-known/openid-configuration`,
        "api-version": "1.1",
        metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
      });
    }
  });
});
