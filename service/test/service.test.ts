import { afterEach, describe, expect, it, vi } from "vitest";
import { createLimits } from "../src/limits.js";
import { apiClientId, objectIdOf, type Running, start, usersOf } from "./inProcess.js";

let service: Running;
afterEach(() => service?.stop());

const nothing = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };

const removeAtAcs = (id: string) =>
  fetch(`${service.emulator.url}/_emulator/users/${encodeURIComponent(id)}`, { method: "DELETE" });
const alarms = () => service.log.filter(({ alarm }) => alarm !== undefined);

describe("POST /token", () => {
  it("gives each caller one ACS user, and tokens with the policy's scopes", async () => {
    service = await start();
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
    expect(lifetime / 60_000).toBeGreaterThan(59);
    expect(lifetime / 60_000).toBeLessThanOrEqual(60);

    const second = await service.call("POST", "/token", alice);
    expect(second.body.user).toEqual(first.body.user);
    const bob = await service.call("POST", "/token", await service.signIn("bob"));
    expect(bob.body.user).not.toEqual(first.body.user);
    expect(usersOf(service.emulator)).toHaveLength(2);
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

  it("creates one user for concurrent calls", async () => {
    service = await start();
    const { emulator } = service;
    emulator.service.failNext({ operation: "getToken", drop: "after", times: 3 });
    const alice = await service.signIn("alice");
    const replies = await Promise.all(
      Array.from({ length: 30 }, () => service.call("POST", "/token", alice)),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(replies.map(({ body }) => body.user.communicationUserId)).size).toBe(1);
    expect(usersOf(emulator)).toHaveLength(1);
  });

  it("replaces a user that ACS no longer has", async () => {
    service = await start();
    const { emulator, store } = service;
    const alice = await service.signIn("alice");
    const { body } = await service.call("POST", "/token", alice);
    const bob = await service.call("POST", "/token", await service.signIn("bob"));
    await removeAtAcs(body.user.communicationUserId);
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => service.call("POST", "/token", alice)),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    const users = [bob, ...replies].map((reply) => reply.body.user.communicationUserId);
    expect(new Set(usersOf(emulator))).toEqual(new Set(users));
    expect(await store.countByState(), "asked for again before it is dropped").toEqual({
      ...nothing,
      current: 2,
      deleting: 1,
    });
  });

  it("keeps a user that ACS doesn't know, unless another user shows that it is the right resource", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const { body } = await service.call("POST", "/token", alice);
    await removeAtAcs(body.user.communicationUserId);
    expect((await service.call("POST", "/token", alice)).status).toBe(500);
    expect((await service.call("POST", "/revoke", alice)).status).toBe(500);
    expect(alarms()).toMatchObject([{ alarm: "user" }, { alarm: "user" }]);
    expect(await service.store.countByState()).toEqual({ ...nothing, current: 1 });
    // The caller can leave the user behind. Its entry stays until ACS has certainly no such user.
    expect((await service.call("DELETE", "/user", alice)).status).toBe(500);
    expect(await service.store.countByState()).toEqual({ ...nothing, deleting: 1 });
    expect((await service.call("POST", "/token", alice)).status).toBe(200);
    expect((await service.call("DELETE", "/user", alice)).status).toBe(204);
    expect(await service.store.countByState()).toEqual(nothing);
  });

  it("takes scopes only from the policy", async () => {
    const policy = [
      { claim: "scp", value: "calls.make", scopes: ["voip"] },
      { claim: "scp", value: "chats.read", scopes: ["chat", "voip"] },
    ];
    service = await start({ SCOPE_POLICY: JSON.stringify(policy), TEAMS_CLIENT_ID: "" });
    const permitted = async (...scopes: string[]) => {
      const scope = scopes.map((name) => `${apiClientId}/${name}`).join(" ");
      const { status, body } = await service.call("POST", "/token", await service.signIn("alice", { scope }));
      return body.scopes ?? `${status} ${body.code}`;
    };
    expect(await permitted("calls.make")).toEqual(["voip"]);
    expect(await permitted("calls.make", "chats.read")).toEqual(["voip", "chat"]);
    expect(await permitted("nothing")).toBe("403 no-scope");
    const { body } = await service.call("POST", "/token?scopes=chat", await service.signIn("alice"), {
      "Content-Type": "application/json",
    });
    expect(body.code).toBe("no-scope");
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
    expect(alarms()).toMatchObject([{ alarm: "credential" }]);
    expect((await service.call("POST", "/token/teams", alice)).body.code).toBe("no-teams-token");
  });

  it("returns 403 without a Teams application", async () => {
    service = await start({ SCOPE_POLICY: '[{"scopes":["voip"]}]', TEAMS_CLIENT_ID: "" });
    const reply = await service.call("POST", "/token/teams", await service.signIn("alice"));
    expect(reply.body).toMatchObject({ status: 403, code: "no-teams" });
  });
});

describe("POST /revoke and DELETE /user", () => {
  it("refuse a deletion while a creation may still succeed", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    service.emulator.service.failNext({ operation: "createUser", delayInMs: 1_000 });
    const created = service.call("POST", "/token", alice);
    await expect.poll(() => service.store.countByState()).toEqual({ ...nothing, creating: 1 });
    const refused = await service.call("DELETE", "/user", alice);
    expect(refused.body).toMatchObject({ status: 503, code: "creation-in-progress" });
    expect(Number(refused.headers.get("Retry-After"))).toBeOneOf([8, 9, 10]);
    expect((await created).status).toBe(200);
    expect((await service.call("DELETE", "/user", alice)).status).toBe(204);
    expect(await service.store.countByState()).toEqual(nothing);
  });

  it("invalidate the tokens that were issued", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const inspect = async (token: string) => service.emulator.service.inspectToken(token);
    const { body } = await service.call("POST", "/token", alice);
    expect((await service.call("POST", "/revoke", alice)).status).toBe(204);
    expect(await inspect(body.token)).toMatchObject({ problem: "revoked" });
    const after = await service.call("POST", "/token", alice);
    expect(after.body.user).toEqual(body.user);
    expect((await service.call("DELETE", "/user", alice)).status).toBe(204);
    expect(await inspect(after.body.token)).toMatchObject({ problem: "userDeleted" });
    expect(usersOf(service.emulator)).toEqual([]);
    expect((await service.call("DELETE", "/user", alice)).status, "twice").toBe(204);
    expect((await service.call("POST", "/revoke", alice)).status, "without a user").toBe(204);
  });

  it("end a slow POST /token with 503 and no alarm, and the next one gets another user", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    await service.call("POST", "/token", alice);
    service.emulator.service.failNext({ operation: "getToken", delayInMs: 2000, times: 2 });
    const slow = service.call("POST", "/token", alice);
    const remove = async (requests: number) => {
      const seen = () =>
        service.emulator.service.requests.filter(({ operation }) => operation === "createUser");
      await expect.poll(() => seen().length).toBe(requests);
      await expect.poll(() => service.store.countByState()).toMatchObject({ current: 1 });
      return service.call("DELETE", "/user", alice);
    };
    expect((await remove(1)).status).toBe(204);
    expect((await remove(2)).status).toBe(204);
    expect((await slow).body).toMatchObject({ status: 503, code: "unavailable" });
    expect((await service.call("POST", "/token", alice)).status).toBe(200);
    expect(alarms()).toEqual([]);
  });

  it("are for callers whom the policy permits something", async () => {
    service = await start();
    const idToken = await service.signIn("alice", { scope: `${apiClientId}/other` });
    for (const [method, path] of [
      ["POST", "/revoke"],
      ["DELETE", "/user"],
    ] as const) {
      expect((await service.call(method, path, idToken)).body).toMatchObject({
        status: 403,
        code: "no-scope",
      });
    }
  });

  it("finish a deletion that failed halfway", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const { body } = await service.call("POST", "/token", alice);
    service.emulator.service.failNext({ operation: "deleteUser", status: 503, times: 3 });
    const failed = await service.call("DELETE", "/user", alice);
    expect(failed.body).toMatchObject({ status: 503, code: "unavailable" });
    expect(failed.headers.get("Retry-After")).toBe("5");
    const next = await service.call("POST", "/token", alice);
    expect(next.body.user, "a deletion can't be undone").not.toEqual(body.user);
    expect((await service.call("DELETE", "/user", alice)).status).toBe(204);
    expect(usersOf(service.emulator)).toEqual([]);
  });
});

describe("a failure", () => {
  it("of the key or role returns a 500 without details, and raises an alarm", async () => {
    service = await start(({ url }) => ({
      COMMUNICATION_CONNECTION_STRING: `endpoint=${url};accesskey=${btoa("another key")}`,
    }));
    const { status, headers, body } = await service.call("POST", "/token", await service.signIn("alice"));
    expect({ status, body }).toEqual({
      status: 500,
      body: {
        title: "Internal Server Error",
        status: 500,
        code: "internal",
        detail: "The service failed.",
        requestId: headers.get("X-Request-Id"),
      },
    });
    expect(headers.get("Retry-After")).toBeNull();
    expect(alarms()).toEqual([
      expect.objectContaining({
        level: 50,
        alarm: "credential",
        msg: "ACS refuses this service: a wrong key or a missing role",
        cause: expect.objectContaining({ statusCode: 401, code: "Denied" }),
        reqId: body.requestId,
      }),
    ]);
  });

  it("of a credential raises an alarm, too", async () => {
    process.env.AZURE_TOKEN_CREDENTIALS = "EnvironmentCredential";
    try {
      service = await start(({ url }) => ({
        COMMUNICATION_CONNECTION_STRING: "",
        COMMUNICATION_ENDPOINT: url,
      }));
      const { body } = await service.call("POST", "/token", await service.signIn("alice"));
      expect(body).toMatchObject({ status: 500, code: "internal" });
      expect(alarms()).toMatchObject([{ alarm: "credential" }]);
    } finally {
      delete process.env.AZURE_TOKEN_CREDENTIALS;
    }
  });

  it.each([
    { code: "28P01", status: 500, alarm: [{ alarm: "database" }] },
    { code: "42501", status: 500, alarm: [{ alarm: "database" }] },
    { code: "57P01", status: 503, alarm: [] },
  ])("of the database with $code returns $status", async ({ code, status, alarm }) => {
    let isBroken = false;
    service = await start(undefined, {
      wrap: (database) => ({
        ...database,
        query: async (text, values) => {
          if (isBroken) throw Object.assign(new Error("refused"), { code });
          return database.query(text, values);
        },
      }),
    });
    isBroken = true;
    expect((await service.call("POST", "/token", await service.signIn("alice"))).status).toBe(status);
    expect(alarms()).toMatchObject(alarm);
  });

  it.each([
    { fault: { status: 503 }, retryAfter: "5" },
    { fault: { status: 429, retryAfterInSeconds: 17 }, retryAfter: "17" },
    { fault: { drop: "before" as const }, retryAfter: "5" },
  ])("of ACS ($fault) returns a 503 with Retry-After", async ({ fault, retryAfter }) => {
    service = await start();
    const alice = await service.signIn("alice");
    await service.call("POST", "/token", alice);
    service.emulator.service.failNext({ ...fault, times: 3, operation: "getToken" });
    const reply = await service.call("POST", "/token", alice);
    expect(reply.body).toMatchObject({ status: 503, code: "unavailable", title: "Service Unavailable" });
    expect(reply.headers.get("Retry-After")).toBe(retryAfter);
    expect(alarms()).toEqual([]);
  });
});

describe("limits", () => {
  it("apply to each caller", async () => {
    service = await start({ CALLS_PER_MINUTE_AND_CALLER: "3" });
    const alice = await service.signIn("alice");
    // Two of three calls a minute at once, and one more after half a minute.
    for (let call = 0; call < 2; call++)
      expect((await service.call("POST", "/token", alice)).status).toBe(200);
    const refused = await service.call("POST", "/token", alice);
    expect(refused.body).toMatchObject({ status: 429, code: "too-many-calls" });
    const wait = Number(refused.headers.get("Retry-After"));
    expect(wait).toBeGreaterThan(1);
    expect(wait).toBeLessThanOrEqual(30);
    expect((await service.call("POST", "/token", await service.signIn("bob"))).status).toBe(200);
  });

  it.each([
    ["POST /identities", 1000],
    ["POST /identities/8:acs:1_2/:issueAccessToken", 1000],
    ["POST /identities/8:acs:1_2/:revokeAccessTokens", 500],
    ["DELETE /identities/8:acs:1_2", 500],
    ["POST /teamsUser/:exchangeAccessToken", 500],
  ])(
    "of the resource for %s are Microsoft's %i in half a minute, a twentieth at once",
    async (request, calls) => {
      const takePermit = vi.fn();
      await createLimits({ takePermit } as never, { shareOfLimits: 1 } as never).takeForAcs(request);
      const limit = { calls, atOnce: calls / 20, perSeconds: 31 };
      expect(takePermit).toHaveBeenCalledWith(expect.objectContaining(limit));
    },
  );

  it("of the resource leave at least one call of the smallest share", async () => {
    const takePermit = vi.fn();
    const limits = createLimits({ takePermit } as never, { shareOfLimits: 0.001 } as never);
    await limits.takeForAcs("DELETE /identities/8:acs:1_2");
    expect(takePermit).toHaveBeenCalledWith(expect.objectContaining({ calls: 1, atOnce: 1 }));
  });

  it("apply to the resource, and leave no entries for creations that were never sent", async () => {
    service = await start({ SHARE_OF_LIMITS: "0.08" });
    const calls = Array.from({ length: 30 }, async (_, index) =>
      service.call("POST", "/token", await service.signIn(`caller ${index}`)),
    );
    const replies = await Promise.all(calls);
    const refused = replies.filter(({ status }) => status !== 200);
    // Four at once, and then one every 0.4 seconds.
    expect(refused.length).toBeGreaterThan(0);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ status: 503, code: "busy" });
      expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
    }
    const seen = service.emulator.service.requests.map(({ operation }) => operation);
    const sent = seen.filter((operation) => operation === "createUser").length;
    expect(sent).toBeLessThan(calls.length);
    expect(await service.store.countByState()).toEqual({ ...nothing, current: sent });
  });
});
