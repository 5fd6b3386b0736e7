import { type Emulator, startEmulator } from "acs-identity/emulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { countUsers, type Reply, type Running, startTokenService } from "./harness.js";

let emulator: Emulator;
let service: Running;
let alice: string;

beforeEach(async () => {
  emulator = await startEmulator();
  service = await startTokenService(emulator, { limitInMs: 10_000 });
  alice = await service.signIn("alice");
});

afterEach(async () => {
  await service.close();
  await emulator.close();
});

const getToken = () => service.call("POST", "/api/token", alice);

async function expectGoodToken({ status, body }: Reply): Promise<void> {
  expect(status).toBe(200);
  expect(await emulator.service.inspectToken(body.token)).toMatchObject({
    valid: true,
    userId: body.user.communicationUserId,
    scopes: ["chat", "voip"],
  });
}

describe("a fault of ACS that passes", () => {
  it.each([
    ["429 with Retry-After", { status: 429, retryAfterInSeconds: 1 }],
    ["500", { status: 500, times: 2 }],
    ["503 with Retry-After", { status: 503, retryAfterInSeconds: 0, times: 2 }],
    ["a connection dropped before the token is issued", { drop: "before" as const }],
    ["a connection dropped after the token was issued", { drop: "after" as const }],
  ])("is not seen by the caller: %s", async (_, fault) => {
    emulator.service.failNext({ operation: "getToken", ...fault });
    await expectGoodToken(await getToken());
    expect(await countUsers(emulator)).toBe(1);
  });

  it("during the creation leaves one user in use; of a lost answer, one that nobody knows", async () => {
    emulator.service.failNext({ operation: "createUser", drop: "before" });
    await expectGoodToken(await getToken());
    expect(await countUsers(emulator)).toBe(1);

    emulator.service.failNext({ operation: "createUser", drop: "after" });
    const bob = await service.signIn("bob");
    const replies = await Promise.all([1, 2, 3].map(() => service.call("POST", "/api/token", bob)));
    expect(new Set(replies.map(({ body }) => body.user.communicationUserId)).size).toBe(1);
    expect(await countUsers(emulator), "alice's, bob's and the lost one").toBe(3);
  });
});

describe("a fault of ACS that stays", () => {
  it("is a 503 with the delay that ACS asked for, and no word of ACS", async () => {
    emulator.service.failNext({ operation: "getToken", status: 429, retryAfterInSeconds: 120 });
    const { status, headers, body } = await getToken();
    expect(status).toBe(503);
    expect(headers.get("Retry-After")).toBe("120");
    expect(body.error).toEqual({
      code: "Unavailable",
      message: "No token can be had at the moment.",
    });
    expect(service.log.join()).toMatch(
      /^ACS failed: status 429, code TooManyRequests, request id [\w-]{36}$/,
    );
  });

  it("is a 503 to each of those who waited for the same creation, and the next call heals it", async () => {
    emulator.service.failNext({ operation: "createUser", status: 500, times: 4 });
    const replies = await Promise.all([getToken(), getToken(), getToken()]);
    expect(replies.map(({ status }) => status)).toEqual([503, 503, 503]);
    await expectGoodToken(await getToken());
    expect(await countUsers(emulator)).toBe(1);
  });

  it("ends at the limit for a caller, while the creation goes on for the next one", async () => {
    await service.close();
    service = await startTokenService(emulator, { limitInMs: 1_500 });
    alice = await service.signIn("alice");
    emulator.service.failNext({ operation: "createUser", delayInMs: 2_000 });
    expect((await getToken()).status).toBe(503);
    await expectGoodToken(await getToken());
    expect(await countUsers(emulator)).toBe(1);
  });

  it("of a wrong key is no reason to forget a user", async () => {
    await getToken();
    emulator.service.failNext({ operation: "getToken", status: 401, code: "Denied" });
    expect((await getToken()).status).toBe(503);
    await expectGoodToken(await getToken());
    expect(await countUsers(emulator)).toBe(1);
  });
});

describe("a caller that goes away", () => {
  it("takes its call to ACS along, and neither the others' nor the log's peace", async () => {
    await getToken();
    emulator.service.failNext({ operation: "getToken", delayInMs: 300 });
    const leaving = new AbortController();
    const headers = { Authorization: `Bearer ${alice}` };
    const call = fetch(`${service.url}/api/token`, { method: "POST", headers, signal: leaving.signal });
    setTimeout(() => leaving.abort(), 100);
    await expect(call).rejects.toThrow();
    await expectGoodToken(await getToken());
    expect(service.log).toEqual([]);
  });
});

describe("a user that ACS no longer knows", () => {
  it("is replaced once, however many calls find out at once", async () => {
    const first = await getToken();
    emulator.service.reset();
    const replies = await Promise.all(Array.from({ length: 50 }, getToken));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    const ids = new Set(replies.map(({ body }) => body.user.communicationUserId));
    expect(ids.size).toBe(1);
    expect([...ids]).not.toEqual([first.body.user.communicationUserId]);
    expect(await countUsers(emulator)).toBe(1);
    await expectGoodToken(replies[49] as Reply);
  });

  it.each(["POST /api/token/revoke", "DELETE /api/user"])("needs no more: %s", async (route) => {
    const [method = "", path = ""] = route.split(" ");
    await getToken();
    emulator.service.reset();
    expect((await service.call(method, path, alice)).status).toBe(204);
    await expectGoodToken(await getToken());
  });
});

describe("revoking and deleting", () => {
  it("end the tokens that were issued, and a new one is good", async () => {
    const { body } = await getToken();
    expect((await service.call("POST", "/api/token/revoke", alice)).status).toBe(204);
    expect(await emulator.service.inspectToken(body.token)).toMatchObject({ problem: "revoked" });
    const after = await getToken();
    await expectGoodToken(after);
    expect(after.body.user).toEqual(body.user);

    expect((await service.call("DELETE", "/api/user", alice)).status).toBe(204);
    expect(await emulator.service.inspectToken(after.body.token)).toMatchObject({ problem: "userDeleted" });
    expect(await countUsers(emulator)).toBe(0);
    expect((await service.call("DELETE", "/api/user", alice)).status, "twice").toBe(204);
    expect((await getToken()).body.user).not.toEqual(body.user);
  });

  it("keep the user when ACS can't delete it, since nobody could find it again", async () => {
    const { body } = await getToken();
    emulator.service.failNext({ operation: "deleteUser", status: 500, times: 4 });
    expect((await service.call("DELETE", "/api/user", alice)).status).toBe(503);
    expect((await getToken()).body.user).toEqual(body.user);
  });
});
