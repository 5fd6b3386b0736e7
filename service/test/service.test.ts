import { randomUUID } from "node:crypto";
import { RestError } from "acs-identity";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createAcsUsers } from "../src/acsUsers.js";
import { createLimits } from "../src/limits.js";
import type { Database } from "../src/store/database.js";
import { useFakeClock } from "./fakeClock.js";
import { apiClientId, objectIdOf, type Running, sharedDatabase, start, userIds } from "./inProcess.js";
import { measurements } from "./measurements.js";

let service: Running;
afterEach(() => service?.stop());

const nothing = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };

const removeAtAcs = (id: string) =>
  fetch(`${service.emulator.url}/_emulator/users/${encodeURIComponent(id)}`, { method: "DELETE" });
const alarms = () => service.log.filter(({ alarm }) => alarm !== undefined);

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

  it("creates one user for concurrent calls", async () => {
    service = await start();
    const { emulator } = service;
    emulator.service.failNext({ operation: "getToken", drop: "after", times: 2 });
    const alice = await service.signIn("alice");
    const replies = await Promise.all(
      Array.from({ length: 12 }, () => service.call("POST", "/token", alice)),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(replies.map(({ body }) => body.user.communicationUserId)).size).toBe(1);
    expect(userIds(emulator)).toHaveLength(1);
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
    expect(new Set(userIds(emulator))).toEqual(new Set(users));
    expect(service.log).toContainEqual(
      expect.objectContaining({
        level: 40,
        msg: "ACS no longer has this user, so it is replaced",
        acsUserId: body.user.communicationUserId,
      }),
    );
    expect(await store.ledger.countByState(), "asked for again before it is dropped").toEqual({
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
    expect(await service.store.ledger.countByState()).toEqual({ ...nothing, current: 1 });
    // The caller can leave the user behind. Its entry stays until ACS has certainly no such user.
    expect((await service.call("DELETE", "/user", alice)).status).toBe(500);
    expect(await service.store.ledger.countByState()).toEqual({ ...nothing, deleting: 1 });
    expect((await service.call("POST", "/token", alice)).status).toBe(200);
    expect((await service.call("DELETE", "/user", alice)).status).toBe(204);
    expect(await service.store.ledger.countByState()).toEqual(nothing);
  });

  it("keeps a user of another resource than the one that just worked", async () => {
    service = await start();
    const [alice, bob] = [await service.signIn("alice"), await service.signIn("bob")];
    for (const token of [alice, bob]) await service.call("POST", "/token", token);
    const [user = ""] = userIds(service.emulator);
    const move = "UPDATE ledger SET acs_user_id = '8:acs:other_1' WHERE acs_user_id = $1";
    await (await sharedDatabase()).query(move, [user]);
    expect((await service.call("POST", "/token", alice)).status).toBe(500);
    expect(await service.store.ledger.countByState()).toEqual({ ...nothing, current: 2 });
  });

  it("keeps a user that ACS doesn't know, if what it did for another user was a minute ago", async () => {
    service = await start();
    const [alice, bob] = [await service.signIn("alice"), await service.signIn("bob")];
    for (const token of [bob, alice]) await service.call("POST", "/token", token);
    for (const id of userIds(service.emulator)) await removeAtAcs(id);
    const later = performance.now() + 60_000;
    vi.spyOn(performance, "now").mockImplementation(() => later);
    const { status } = await service.call("POST", "/token", alice);
    vi.restoreAllMocks();
    expect(status).toBe(500);
    expect(await service.store.ledger.countByState()).toEqual({ ...nothing, current: 2 });
  });

  it("asks the caller to try again if ACS fails when the service asks for another user", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const { body } = await service.call("POST", "/token", alice);
    const { communicationUserId } = body.user;
    const bob = { issuer: "https://login.contoso.com", subject: "bob" };
    const entry = randomUUID();
    await service.store.ledger.begin(entry, bob);
    await service.store.ledger.settle(entry, bob, `${communicationUserId}0`);
    await removeAtAcs(communicationUserId);
    service.emulator.service.failNext({ operation: "getToken", status: 503, retryAfterInSeconds: 60 });
    const { status, headers } = await service.call("POST", "/revoke", alice);
    expect([status, headers.get("Retry-After")]).toEqual([503, "60"]);
    expect(alarms()).toEqual([]);
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
    expect(alarms()).toMatchObject([{ alarm: "credential" }]);
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

describe("POST /revoke and DELETE /user", () => {
  it("refuse a deletion while a creation may still succeed", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    service.emulator.service.failNext({ operation: "createUser", delayInMs: 1_000 });
    const created = service.call("POST", "/token", alice);
    await expect.poll(() => service.store.ledger.countByState()).toEqual({ ...nothing, creating: 1 });
    const refused = await service.call("DELETE", "/user", alice);
    expect(refused.body).toMatchObject({ status: 503, code: "creation-in-progress" });
    expect(Number(refused.headers.get("Retry-After"))).toBeOneOf([8, 9, 10]);
    expect((await created).status).toBe(200);
    expect((await service.call("DELETE", "/user", alice)).status).toBe(204);
    expect(await service.store.ledger.countByState()).toEqual(nothing);
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
    expect(userIds(service.emulator)).toEqual([]);
    expect((await service.call("DELETE", "/user", alice)).status, "twice").toBe(204);
    expect((await service.call("POST", "/revoke", alice)).status, "without a user").toBe(204);
  });

  it("end a slow POST /token with 503 and no alarm, and the next one gets another user", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    await service.call("POST", "/token", alice);
    service.emulator.service.failNext({ operation: "getToken", delayInMs: 2000, times: 2 });
    const slow = service.call("POST", "/token", alice);
    const faults = async () => (await fetch(`${service.emulator.url}/_emulator/faults`)).json();
    await expect.poll(faults).toMatchObject({ faults: [{ times: 1 }] });
    const remove = async (requests: number) => {
      const seen = () =>
        service.emulator.service.requests.filter(({ operation }) => operation === "createUser");
      await expect.poll(() => seen().length).toBe(requests);
      await expect.poll(() => service.store.ledger.countByState()).toMatchObject({ current: 1 });
      return service.call("DELETE", "/user", alice);
    };
    expect((await remove(1)).status).toBe(204);
    expect((await remove(2)).status).toBe(204);
    expect((await slow).body).toMatchObject({ status: 503, code: "unavailable" });
    expect((await service.call("POST", "/token", alice)).status).toBe(200);
    expect(alarms()).toEqual([]);
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
    expect(userIds(service.emulator)).toEqual([]);
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

  it("of ACS is retried twice, except for a creation, before the caller gets a 503 with Retry-After", async () => {
    service = await start();
    const { failNext } = service.emulator.service;
    const alice = await service.signIn("alice");
    failNext({ operation: "getToken", status: 503, times: 2 });
    expect((await service.call("POST", "/token", alice)).status).toBe(200);
    failNext({ operation: "getToken", status: 429, retryAfterInSeconds: 17 });
    const { body, headers } = await service.call("POST", "/token", alice);
    expect(body).toMatchObject({ status: 503, code: "unavailable", title: "Service Unavailable" });
    expect(headers.get("Retry-After")).toBe("17");
    failNext({ operation: "createUser", status: 503 });
    expect((await service.call("POST", "/token", await service.signIn("bob"))).status).toBe(503);
    const creations = service.emulator.service.requests.filter(({ operation }) => operation === "createUser");
    expect(creations).toHaveLength(2);
    expect(alarms()).toEqual([]);
    expect(measurements).toContain('token_service.failures 1 {"code":"unavailable","status":503}');
  });
});

describe("a creation", () => {
  useFakeClock();
  const log = { error: vi.fn() };
  const client = { getToken: async () => ({ token: "token" }) };

  const createWith = (ledger: object, createUser: () => Promise<string>) => {
    const shared = {
      store: { ledger: { begin: async () => true, ...ledger }, offboarded: { has: async () => false } },
      log,
    };
    const users = createAcsUsers(shared as never, { createUser, client } as never, 60);
    return users.issueToken({ issuer: "i", subject: "s" }, undefined, [], AbortSignal.timeout(10_000));
  };

  it("fails with what ACS answered, also if the ledger can't be told", async () => {
    const refused = new RestError("refused", { statusCode: 400 });
    const down = new Error("down");
    const forget = vi
      .fn()
      .mockRejectedValueOnce(down)
      .mockRejectedValueOnce(down)
      .mockResolvedValue(undefined);
    await expect(createWith({ forget }, () => Promise.reject(refused))).rejects.toBe(refused);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(forget, "until the ledger knows that there is no user").toHaveBeenCalledTimes(3);
    log.error.mockClear();
  });

  it("waits, and logs the id, until the ledger can be told", async () => {
    const settle = vi.fn().mockRejectedValueOnce(new Error("down")).mockResolvedValue("current");
    const issued = createWith({ settle }, async () => "8:acs:1_2");
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await issued).user).toEqual({ communicationUserId: "8:acs:1_2" });
    expect(log.error.mock.calls).toMatchObject([
      [{ entry: expect.any(String), acsUserId: "8:acs:1_2" }, "A new user isn't in the ledger yet"],
    ]);
  });

  it("can be tried again in a second if the user was deleted meanwhile", async () => {
    const ledger = { settle: async () => "surplus", findCurrent: async () => undefined };
    const expected = { status: 503, code: "unavailable", retryAfterInSeconds: 1 };
    await expect(createWith(ledger, async () => "8:acs:1_2")).rejects.toMatchObject(expected);
  });
});

describe("limits", () => {
  it("apply to each caller", async () => {
    service = await start({ CALLS_PER_MINUTE_AND_CALLER: "3", LOG_LEVEL: "warn" });
    const alice = await service.signIn("alice");
    // The limit permits two of three calls a minute at once, and one more after half a minute.
    for (let call = 0; call < 2; call++)
      expect((await service.call("POST", "/token", alice)).status).toBe(200);
    const refused = await service.call("POST", "/token", alice);
    expect(refused.body).toMatchObject({ status: 429, code: "too-many-calls" });
    const wait = Number(refused.headers.get("Retry-After"));
    expect(wait).toBeGreaterThan(1);
    expect(wait).toBeLessThanOrEqual(30);
    expect((await service.call("POST", "/token", await service.signIn("bob"))).status).toBe(200);
    expect(service.log.filter(({ level }) => Number(level) < 40)).toEqual([]);
  });

  it.each([
    ["POST /identities", "createUser", 1000],
    ["POST /identities/8:acs:1_2/:issueAccessToken", "getToken", 1000],
    ["POST /identities/8:acs:1_2/:revokeAccessTokens", "revokeTokens", 500],
    ["DELETE /identities/8:acs:1_2", "deleteUser", 500],
    ["POST /teamsUser/:exchangeAccessToken", "getTokenForTeamsUser", 500],
  ])(
    "of the resource for %s are Microsoft's for %s: %i in half a minute",
    async (request, operation, calls) => {
      const take = vi.fn();
      const takeWith = (shareOfLimits: number) =>
        createLimits({ take } as never, { shareOfLimits } as never).takeForAcs(request);
      await takeWith(1);
      await takeWith(0.001);
      const limit = { key: `acs:${operation}`, perSeconds: 31 };
      expect(take.mock.calls).toEqual([
        [{ ...limit, calls, atOnce: calls / 20 }],
        [{ ...limit, calls: Math.max(1, calls / 1000), atOnce: 1 }],
      ]);
      take.mockResolvedValueOnce(7);
      await expect(takeWith(1)).rejects.toMatchObject({ status: 503, code: "busy", retryAfterInSeconds: 7 });
      expect(measurements).toContain(`token_service.limit_refusals 1 {"operation":"${operation}"}`);
    },
  );

  it("are a caller's own in each issuer, half of them at once", async () => {
    const admission = { waitInSeconds: undefined, user: undefined, isOffboarded: false };
    const permits = { admit: vi.fn(async () => admission), forget: vi.fn() };
    const limits = createLimits(permits as never, { callsPerMinuteAndCaller: 7 } as never);
    await limits.admit({ issuer: "https://one.example", subject: "alice" });
    await limits.admit({ issuer: "https://two.example", subject: "alice" });
    await limits.admit({ issuer: "https://two.examplea", subject: "lice" });
    const calls = permits.admit.mock.calls.map(([, limit]: readonly unknown[]) => limit);
    const limit = { key: expect.stringMatching(/^caller:[\w-]{22}$/), calls: 7, atOnce: 4, perSeconds: 60 };
    expect(calls).toEqual([limit, limit, limit]);
    const keys = calls.map((each) => (each as { readonly key: string }).key);
    expect(new Set(keys).size).toBe(3);
    await limits.forget({ issuer: "https://two.example", subject: "alice" });
    expect(permits.forget).toHaveBeenCalledExactlyOnceWith(keys[1]);
  });

  it("apply to the resource, and leave no entries for creations that were never sent", async () => {
    service = await start({ SHARE_OF_LIMITS: "0.08" });
    const calls = Array.from({ length: 30 }, async (_, index) =>
      service.call("POST", "/token", await service.signIn(`caller ${index}`)),
    );
    const replies = await Promise.all(calls);
    const refused = replies.filter(({ status }) => status !== 200);
    // The limit permits four calls at once, and then one every 0.4 seconds.
    expect(refused.length).toBeGreaterThan(0);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ status: 503, code: "busy" });
      expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
    }
    const seen = service.emulator.service.requests.map(({ operation }) => operation);
    const sent = seen.filter((operation) => operation === "createUser").length;
    expect(sent).toBeLessThan(calls.length);
    expect(await service.store.ledger.countByState()).toEqual({ ...nothing, current: sent });
  });
});

it("a stop before the database has answered stays a stop", async () => {
  let answer = () => {};
  const isAnswered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const wrap = (database: Database): Database => ({
    ...database,
    query: async (text, values) => {
      if (text === "SELECT 1") throw new Error("down");
      if (text.includes("AS version FROM schema_version")) await isAnswered;
      return database.query(text, values);
    },
  });
  service = await start({ DRAIN_SECONDS: "2" }, { isReady: false, wrap });
  const dependencies = { database: 0, issuer: 1, acs: 1 };
  for (const [dependency, value] of Object.entries(dependencies)) {
    await expect
      .poll(() => measurements)
      .toContain(`token_service.dependency_up ${value} ${JSON.stringify({ dependency })}`);
  }
  const stopping = service.stop();
  answer();
  await expect.poll(() => service.log.map(({ msg }) => msg)).toContain("Ready");
  const { body, headers } = await service.call("GET", "/readyz");
  expect(body).toMatchObject({ status: 503, code: "stopping" });
  expect(headers.get("Connection")).toBe("close");
  expect(service.log).toContainEqual(expect.objectContaining({ level: 40, code: "stopping" }));
  await stopping;
  expect(service.log.at(-1)).toMatchObject({ msg: "Stopped", time: expect.stringMatching(/^20\d\d-\d\d-/) });
});

it("an instance that the database refuses at its start waits, and raises an alarm", async () => {
  const refused = Object.assign(new Error("no such role"), { code: "28000" });
  const wrap = (database: Database): Database => ({
    ...database,
    query: async (text, values) => {
      if (text.includes("AS version FROM schema_version")) throw refused;
      return database.query(text, values);
    },
  });
  service = await start({}, { isReady: false, wrap });
  await expect.poll(() => service.log.map(({ msg }) => msg)).toContain("Waiting for the database");
  await expect.poll(alarms).toContainEqual(expect.objectContaining({ alarm: "database" }));
});
