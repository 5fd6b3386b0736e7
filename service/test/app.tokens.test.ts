import { afterEach, describe, expect, it } from "vitest";
import { apiClientId, objectIdOf, type Running, start, userIds } from "./inProcess.js";
import { measurements } from "./measurements.js";

let service: Running;
afterEach(() => service?.stop());

describe("POST /token", () => {
  it("gives each caller one ACS user, and tokens with the policy's scopes", async () => {
    service = await start({ TOKEN_LIFETIME_MINUTES: "90" });
    const alice = await service.signIn("alice");
    const first = await service.call("POST", "/token", alice);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      token: expect.any(String),
      expiresOn: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      user: { communicationUserId: expect.stringMatching(/^8:acs:/) },
      scopes: ["voip"],
    });
    expect(first.headers.get("Cache-Control")).toBe("no-store");
    const inspection = await service.emulator.service.inspectToken(first.body.token);
    expect(inspection).toMatchObject({ valid: true, userId: first.body.user.communicationUserId });
    const lifetime = Date.parse(first.body.expiresOn) - Date.now();
    expect(lifetime / 60_000).toBeGreaterThan(89);
    expect(lifetime / 60_000).toBeLessThanOrEqual(90);
    expect(measurements).toContain('token_service.tokens_issued 1 {"kind":"acs"}');

    const second = await service.call("POST", "/token", alice);
    expect(second.body.user).toEqual(first.body.user);
    const bob = await service.call("POST", "/token", await service.signIn("bob"));
    expect(bob.body.user).not.toEqual(first.body.user);
    expect(userIds(service.emulator)).toHaveLength(2);
  });

  it("hands out tokens that nobody can decode as it does others", async () => {
    service = await start({}, { encryptedTokens: true });
    const { status, body } = await service.call("POST", "/token", await service.signIn("alice"));
    expect(status).toBe(200);
    // A JWE has five parts, a JWT three.
    expect(body.token.split(".")).toHaveLength(5);
    expect(Date.parse(body.expiresOn)).toBeGreaterThan(Date.now());
    const inspection = await service.emulator.service.inspectToken(body.token);
    expect(inspection).toMatchObject({ valid: true, userId: body.user.communicationUserId });
  });

  it("takes scopes only from the policy", async () => {
    service = await start({
      SCOPE_POLICY: '[{"claim":"scp","value":"calls","scopes":["voip"]}]',
      TEAMS_CLIENT_ID: "",
    });
    const permitted = await service.signIn("alice", { scope: `${apiClientId}/calls` });
    expect((await service.call("POST", "/token?scopes=chat", permitted)).body.scopes).toEqual(["voip"]);
    const alice = await service.signIn("alice");
    for (const [route, code] of [
      ["POST /token", "no-scope"],
      ["POST /token/teams", "no-teams"],
      ["POST /revoke", "no-scope"],
      ["DELETE /user", "no-scope"],
    ] as const) {
      const [method = "", path = ""] = route.split(" ");
      expect((await service.call(method, path, alice)).body, route).toMatchObject({ status: 403, code });
    }
  });
});

describe("POST /token/teams", () => {
  it("exchanges only the Teams user's own token", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const ask = (token: string) =>
      service.call("POST", "/token/teams", alice, { "Teams-User-Aad-Token": token });
    const of = (name: string, expiresInMinutes = 60) =>
      service.emulator.service.createTeamsUserToken({
        clientId: apiClientId,
        userObjectId: objectIdOf(name),
        expiresInMinutes,
      });
    const good = await ask(await of("alice"));
    expect(good.status).toBe(200);
    expect(await service.emulator.service.inspectToken(good.body.token)).toMatchObject({
      valid: true,
      userId: `8:orgid:${objectIdOf("alice")}`,
    });
    expect(measurements).toContain('token_service.tokens_issued 1 {"kind":"teams"}');
    expect((await ask(await of("bob"))).body).toMatchObject({ status: 403, code: "teams-token-of-another" });
    expect((await ask(await of("alice", -5))).body).toMatchObject({
      status: 400,
      code: "teams-token-refused",
    });
    expect((await ask("nonsense")).body).toMatchObject({ status: 400, code: "teams-token-refused" });
    service.emulator.service.entra.setUser({
      objectId: objectIdOf("alice"),
      username: "alice@example.com",
      hasTeamsLicense: false,
    });
    expect((await ask(await of("alice"))).body).toMatchObject({ status: 403, code: "teams-not-permitted" });
    service.emulator.service.failNext({ operation: "getTokenForTeamsUser", status: 403, code: "Denied" });
    expect((await ask(await of("alice"))).status, "the resource refuses the service").toBe(500);
    expect(service.log.filter(({ alarm }) => alarm !== undefined)).toMatchObject([{ alarm: "credential" }]);
  });

  it("is for whom the policy permits it, even if nothing else, and the user of the sign-in's object id", async () => {
    const permitted = { claim: "scp", value: "access_as_user", teams: true };
    const policy = JSON.stringify([permitted, { claim: "scp", value: "calls", scopes: ["voip"] }]);
    service = await start({ SCOPE_POLICY: policy, TOKEN_SUBJECT_CLAIM: "sub" });
    const teamsUser = { clientId: apiClientId, userObjectId: objectIdOf("alice") };
    const token = await service.emulator.service.createTeamsUserToken(teamsUser);
    const exchange = async (scope: string) => {
      const caller = await service.signIn("alice", { scope: `${apiClientId}/${scope}` });
      return service.call("POST", "/token/teams", caller, { "Teams-User-Aad-Token": token });
    };
    expect((await exchange("access_as_user")).status).toBe(200);
    expect((await exchange("calls")).body).toMatchObject({ status: 403, code: "no-teams" });
    const alice = await service.signIn("alice");
    expect((await service.call("POST", "/token", alice)).body.code).toBe("no-scope");
    for (const headers of [{}, { "Teams-User-Aad-Token": "" }]) {
      const { body } = await service.call("POST", "/token/teams", alice, headers);
      expect(body).toMatchObject({ status: 400, code: "no-teams-token" });
    }
    expect((await service.call("POST", "/revoke", alice)).status).toBe(204);
    expect((await service.call("DELETE", "/user", alice)).status).toBe(204);
  });
});
