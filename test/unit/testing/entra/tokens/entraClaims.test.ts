import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { FakeIdentityService } from "../../../../../src/testing/index.js";
import { decode } from "../form.js";
import { redirectUri, setUp, teams } from "../signInForm.js";

/** Returns the status, the header WWW-Authenticate and the body. */
async function userInfo({ entra, fetch }: FakeIdentityService, token = "", method = "GET") {
  const headers = token ? { Authorization: `bearer ${token}` } : {};
  const response = await fetch(`${entra.authorityHost}/oidc/userinfo`, { method, headers });
  return [response.status, response.headers.get("www-authenticate"), await response.json()];
}

describe("an ID token of the authorization endpoint", () => {
  it.each([
    ["id_token", ["id_token", "state"]],
    ["code id_token", ["code", "id_token", "state"]],
    ["id_token code", ["code", "id_token", "state"]],
  ])("is issued for the response type %s, in the fragment or a form", async (response_type, names) => {
    const outcome = await setUp().signIn({ response_type });
    expect(outcome).toMatchObject({ redirect: { uri: redirectUri, mode: "fragment" } });
    const { code, id_token = "", ...others } = "redirect" in outcome ? outcome.redirect.parameters : {};
    expect(Object.keys({ ...(code && { code }), id_token, ...others })).toEqual(names);
    const hash = code && createHash("sha256").update(code).digest().subarray(0, 16).toString("base64url");
    const { nonce, name, c_hash } = decode(id_token);
    expect([nonce, name, c_hash]).toEqual(["a nonce", "Alice", hash]);
    const posted = await setUp().signIn({ response_type, response_mode: "form_post" });
    expect(posted).toMatchObject({ redirect: { mode: "form_post" } });
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
    const { aud, iss, iat, nbf, exp, nonce, sub, tid, uti, ver, ...learned } = decode(body.id_token);
    const ids = scope.includes("profile") ? { oid: objectId, preferred_username: "alice@contoso.com" } : {};
    expect(learned).toEqual({ ...ids, ...profile });
    for (const method of ["GET", "POST"])
      expect(await userInfo(service, body.access_token, method)).toEqual([200, null, { sub, ...profile }]);
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

  it("isn't told for another token than a user's for Graph, or once that has expired", async () => {
    const { service, code, redeem } = setUp();
    const tokensFor = async (scope?: string) => (await redeem(await code(scope ? { scope } : {}))).body;
    const { access_token, id_token } = await tokensFor();
    const valid = (await tokensFor("openid https://graph.microsoft.com//User.Read")).access_token;
    const refusedFor = (reason: string) => [
      401,
      'Bearer error="invalid_token"',
      expect.objectContaining({
        error: "invalid_token",
        error_description: expect.stringContaining(reason),
      }),
    ];
    const refused = refusedFor(
      "UserInfo needs an unexpired access token of a user for https://graph.microsoft.com",
    );
    for (const token of ["", "nonsense", access_token, id_token])
      expect(await userInfo(service, token)).toEqual(refused);
    const withoutOpenId = (await tokensFor("User.Read")).access_token;
    expect(await userInfo(service, withoutOpenId)).toEqual(refusedFor("This token lacks openid"));
    expect((await userInfo(service, valid))[0]).toBe(200);
    service.clock.skew({ hours: 1 });
    expect(await userInfo(service, valid)).toEqual(refused);
    service.clock.reset();
    service.entra.deletePrincipal(service.entra.users[0]?.objectId ?? "");
    expect(await userInfo(service, valid)).toEqual(refused);
  });
});

it.each([
  [
    "a Microsoft resource",
    teams,
    { aud: "https://auth.msft.communication.azure.com", scp: "Teams.ManageCalls", ver: "1.0" },
    "/",
    ["appid", "appidacr", "upn"],
  ],
  [
    "an application of the directory",
    "api://00ac5000-a991-4717-8000-000000000003/Orders.Read",
    { aud: "00ac5000-a991-4717-8000-000000000003", scp: "Orders.Read", ver: "2.0" },
    "/v2.0",
    ["azp", "azpacr", "preferred_username"],
  ],
])(
  "a user's access token for %s has the claims of its version",
  async (_, scope, own, end, [app = "", acr = "", name = ""]) => {
    const { service, code, redeem } = setUp();
    const { authorityHost, tenantId, clientId, users } = service.entra;
    const claims = JSON.stringify({ access_token: { xms_cc: { values: ["cp1"] } } });
    const { body } = await redeem(await code({ scope }), { claims });
    const token = decode(body.access_token);
    expect([body.id_token, body.refresh_token]).toEqual([undefined, undefined]);
    expect(token).toEqual({
      ...own,
      iss: `${authorityHost}/${tenantId}${end}`,
      iat: token.iat,
      nbf: token.iat,
      exp: token.iat + 3600,
      [app]: clientId,
      [acr]: "0",
      idtyp: "user",
      name: "Alice",
      [name]: "alice@contoso.com",
      oid: users[0]?.objectId,
      sub: token.sub,
      tid: tenantId,
      uti: expect.any(String),
      xms_cc: ["cp1"],
    });
  },
);
