import { randomUUID } from "node:crypto";
import { RestError } from "acs-identity";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createAcsUsers } from "../src/acsUsers.js";
import { useFakeClock } from "./fakeClock.js";
import { type Running, sharedDatabase, start, userIds } from "./inProcess.js";
import { measurements } from "./measurements.js";

let service: Running;
afterEach(() => service?.stop());

const nothing = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };

const removeAtAcs = (id: string) =>
  fetch(`${service.emulator.url}/_emulator/users/${encodeURIComponent(id)}`, { method: "DELETE" });
const alarms = () => service.log.filter(({ alarm }) => alarm !== undefined);

describe("POST /token", () => {
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

  it("have no effect if the limit permits none", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    const { body } = await service.call("POST", "/token", alice);
    // 25 calls came at once, a moment ago.
    const sql = "INSERT INTO arrivals VALUES ($1, clock_timestamp() + interval '2.5 s')";
    const database = await sharedDatabase();
    for (const operation of ["deleteUser", "revokeTokens"]) {
      await database.query("TRUNCATE arrivals");
      await database.query(sql, [`acs:${operation}`]);
      const refused = await service.call("DELETE", "/user", alice);
      expect(refused.body, operation).toMatchObject({ status: 503, code: "busy" });
      expect(await service.store.ledger.countByState(), operation).toEqual({ ...nothing, current: 1 });
    }
    const bob = await service.call("DELETE", "/user", await service.signIn("bob"));
    expect(bob.status, "takes none, without a user").toBe(204);
    expect((await service.call("POST", "/token", alice)).body.user).toEqual(body.user);
  });

  it("wait for the limits once they have begun", async () => {
    service = await start({ SHARE_OF_LIMITS: "0.04" });
    const alice = await service.signIn("alice");
    await service.call("POST", "/token", alice);
    // The limit permits one of twenty calls at once, so that the second attempt has to wait.
    service.emulator.service.failNext({ operation: "revokeTokens", status: 503 });
    expect((await service.call("DELETE", "/user", alice)).status).toBe(204);
    expect(measurements).toContain('token_service.limit_refusals 1 {"operation":"revokeTokens"}');
    expect(userIds(service.emulator)).toEqual([]);
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

describe("a creation", () => {
  useFakeClock();
  const log = { error: vi.fn() };
  const client = { getToken: async () => ({ token: "token" }) };

  const createWith = (ledger: object, createUser: () => Promise<string>) => {
    const shared = {
      store: { ledger: { begin: async () => true, ...ledger }, offboarded: { has: async () => false } },
      log,
    };
    const users = createAcsUsers(shared as never, { createUser, client } as never, {} as never, 60);
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
