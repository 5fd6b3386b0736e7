import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decode, readJson } from "./form.js";
import { redirectUri, setUp } from "./signInForm.js";

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

  it("isn't told for another token than a user's for Graph, or once that has expired", async () => {
    const { service, code, redeem } = setUp();
    const { body } = await redeem(await code());
    for (const token of [undefined, "nonsense", body.access_token, body.id_token]) {
      expect(await readJson(service, "/oidc/userinfo", token)).toMatchObject({ error: "invalid_token" });
    }
    const { body: expired } = await redeem(await code({ scope: "openid" }));
    service.clock.skew({ hours: 1 });
    const answer = await readJson(service, "/oidc/userinfo", expired.access_token);
    expect(answer).toMatchObject({ error: "invalid_token" });
  });
});
