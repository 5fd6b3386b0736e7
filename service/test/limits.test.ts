import { afterEach, describe, expect, it, vi } from "vitest";
import { createLimits } from "../src/limits.js";
import { type Running, start } from "./inProcess.js";
import { measurements } from "./measurements.js";

let service: Running;
afterEach(() => service?.stop());

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
    expect(await service.store.ledger.countByState()).toEqual({
      creating: 0,
      current: sent,
      surplus: 0,
      deleting: 0,
      unanswered: 0,
    });
  });
});
