import { afterEach, describe, expect, it } from "vitest";
import { type AcsProxy, type BrokenResponse, startAcsProxy } from "./chaos/acsProxy.js";
import { type Running, send, sharedDatabase, start, userIds } from "./inProcess.js";

let service: Running;
let acs: AcsProxy;
afterEach(async () => {
  acs.close();
  await service.stop();
});

const nothing = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };

async function startBehindProxy(): Promise<void> {
  service = await start(undefined, {
    acsEndpoint: async ({ url }) => {
      acs = await startAcsProxy(Number(new URL(url).port));
      return acs.url;
    },
  });
}

describe("a creation", () => {
  it.each<BrokenResponse>([
    { type: "cut", atShare: 0 },
    { type: "cut", atShare: 0.5 },
    { type: "halfClose", atShare: 0.5 },
    { type: "replace", status: 201, body: "" },
    { type: "replace", status: 201, body: "null" },
    { type: "replace", status: 201, body: "{}" },
    { type: "replace", status: 201, body: '{"identity":{"id":""}}' },
    { type: "replace", status: 201, body: '{"identity":{"id":7}}' },
    { type: "replace", status: 201, body: '{"identity":{"id":"8:acs:other_1"}}' },
    { type: "replace", status: 200, body: "<html>" },
    { type: "replace", status: 204, body: "" },
    { type: "replace", status: 302, body: "" },
    { type: "replace", status: 408, body: "" },
    { type: "replace", status: 502, body: "<html>" },
    { type: "noise" },
  ])("whose response is %o leaves an unanswered entry with the id of its request", async (response) => {
    await startBehindProxy();
    acs.breakNext(response);
    const alice = await service.signIn("alice");
    const { body, headers } = await service.call("POST", "/token", alice);
    expect(body).toMatchObject({ status: 503, code: "unavailable" });
    expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(await service.store.ledger.countByState()).toEqual({ ...nothing, unanswered: 1 });
    const [user = ""] = userIds(service.emulator);
    const lost = service.log.filter(({ msg }) => String(msg).startsWith("ACS didn't answer a creation"));
    expect(lost.map(({ entry }) => entry)).toEqual([acs.creations.get(user)]);
  });

  it("gives the caller a user, in sovereign clouds, too", async () => {
    await startBehindProxy();
    const acsUserId = "8:gcch-acs:other_1";
    acs.breakNext({ type: "replace", status: 201, body: JSON.stringify({ identity: { id: acsUserId } }) });
    // The emulator doesn't know this user.
    service.emulator.service.failNext({ operation: "getToken", status: 503, retryAfterInSeconds: 60 });
    await service.call("POST", "/token", await service.signIn("alice"));
    expect(await service.store.ledger.countByState()).toEqual({ ...nothing, current: 1 });
  });

  it.each([400, 403, 409, 429])("that ACS refuses with %i leaves nothing behind", async (status) => {
    await startBehindProxy();
    service.emulator.service.failNext({ operation: "createUser", status });
    const { status: answered } = await service.call("POST", "/token", await service.signIn("alice"));
    expect(answered).toBe(status === 429 ? 503 : 500);
    expect(await service.store.ledger.countByState()).toEqual(nothing);
  });

  it("that was unanswered keeps its caller waiting, and nobody else", async () => {
    await startBehindProxy();
    const [alice, bob] = [await service.signIn("alice"), await service.signIn("bob")];
    acs.breakNext({ type: "cut", atShare: 0.5 });
    expect((await service.call("POST", "/token", alice)).status).toBe(503);
    const { body, headers } = await service.call("POST", "/token", alice);
    expect(body).toMatchObject({ status: 503, code: "creation-in-progress" });
    expect(Number(headers.get("Retry-After"))).toBeOneOf([1, 2, 3, 4, 5]);
    expect(acs.creations.size).toBe(1);
    expect((await service.call("POST", "/token", bob)).status).toBe(200);
    await (await sharedDatabase()).query("UPDATE ledger SET touched_at = touched_at - interval '5 seconds'");
    expect((await service.call("POST", "/token", alice)).status).toBe(200);
    expect(await service.store.ledger.countByState()).toEqual({ ...nothing, current: 2, unanswered: 1 });
  });
});

describe("a call that reached ACS", () => {
  it("counts against its caller, even if the caller hangs up", async () => {
    service = await start(
      { CALLS_PER_MINUTE_AND_CALLER: "6" },
      {
        acsEndpoint: async ({ url }) => {
          acs = await startAcsProxy(Number(new URL(url).port));
          return acs.url;
        },
      },
    );
    const alice = await service.signIn("alice");
    const { body } = await service.call("POST", "/token", alice);
    service.emulator.service.failNext({ operation: "getToken", delayInMs: 3_600_000, times: 2 });
    for (const calls of [2, 3]) {
      const hangUp = send(service.url, alice);
      await expect.poll(() => acs.tokenRequests.get(body.user.communicationUserId)).toBe(calls);
      hangUp();
    }
    // The limit permits three of six calls at once.
    expect((await service.call("POST", "/token", alice)).status).toBe(429);
  });
});

describe("two simultaneous deletions", () => {
  it("both end in 204, even if the ledger has no other user", async () => {
    await startBehindProxy();
    const alice = await service.signIn("alice");
    for (let round = 0; round < 3; round++) {
      await service.call("POST", "/token", alice);
      const replies = await Promise.all([1, 2].map(() => service.call("DELETE", "/user", alice)));
      expect(replies.map(({ status }) => status)).toEqual([204, 204]);
    }
    expect(userIds(service.emulator)).toEqual([]);
    expect(await service.store.ledger.countByState()).toEqual(nothing);
  });
});
