import type { AccessToken } from "@azure/core-auth";
import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { AzureLogger } from "@azure/logger";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { bearerTokenPolicy } from "../../../src/pipeline/bearerTokenPolicy.js";
import { recordLog } from "../../helpers/log.js";
import { credentialOf, send } from "./bearerToken.js";

const start = Date.parse("2026-10-21T07:28:00Z");
let lines: string[];
beforeEach(() => {
  vi.useFakeTimers({ now: start });
  lines = recordLog("warning");
});

describe("an Entra ID token", () => {
  it("is renewed early, at its refresh time or two minutes before it expires", async () => {
    for (const [token, time] of [
      [{ refreshAfterTimestamp: start + 1000 }, 1000],
      [{ expiresOnTimestamp: start + 300_000 }, 180_000],
    ] as const) {
      vi.setSystemTime(start);
      const { asked, policy } = credentialOf(token);
      await send(policy);
      vi.setSystemTime(start + time - 1);
      await send(policy);
      expect(asked).toHaveLength(1);
      vi.setSystemTime(start + time);
      expect(await send(policy)).toEqual(["Bearer token-1"]);
      expect(asked).toHaveLength(2);
      expect(await send(policy)).toEqual(["Bearer token-2"]);
    }
  });

  it("that can't be renewed early leaves no unhandled rejection if the logger throws", async () => {
    AzureLogger.log = () => {
      throw new Error("from the logger");
    };
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    onTestFinished(() => void process.off("unhandledRejection", unhandled));
    const { policy } = credentialOf({ refreshAfterTimestamp: start }, new Error("Entra is down"));
    for (let call = 0; call < 2; call++) expect(await send(policy)).toEqual(["Bearer token-1"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("that can't be renewed early stays in use, and the error's name is logged once per failure", async () => {
    const early = { refreshAfterTimestamp: start };
    for (const reason of [new RangeError("a secret"), undefined]) {
      let count = 0;
      const policy = bearerTokenPolicy({
        getToken: async () => {
          if (++count > 1) throw reason;
          return { token: "token-1", expiresOnTimestamp: start + 3_600_000, ...early };
        },
      });
      await send(policy);
      for (let call = 0; call < 5; call++) expect(await send(policy)).toEqual(["Bearer token-1"]);
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(lines).toEqual([
      expect.stringContaining("The credential gave no new Entra ID token: RangeError."),
      expect.stringContaining("The credential gave no new Entra ID token: undefined."),
    ]);
    expect(lines.join()).not.toContain("a secret");
  });

  it("whose renewal fails is renewed again after 3 s, and then after twice the pause each time, up to 60 s", async () => {
    const times: number[] = [];
    let isDown = false;
    const begin = performance.now();
    const policy = bearerTokenPolicy({
      getToken: async () => {
        times.push(Math.round(performance.now() - begin));
        if (isDown) throw new Error("Entra is down");
        const refreshAfterTimestamp = Date.now();
        return { token: "token", expiresOnTimestamp: Date.now() + 3_600_000, refreshAfterTimestamp };
      },
    });
    const callUntil = async (end: number) => {
      while (performance.now() - begin < end) {
        await vi.advanceTimersByTimeAsync(500);
        await send(policy);
      }
    };
    await send(policy);
    isDown = true;
    await callUntil(154_000);
    expect(times).toEqual([0, 500, 3500, 9500, 21_500, 45_500, 93_500, 153_500]);
    expect(lines).toHaveLength(7);
    // A success ends the series.
    isDown = false;
    await callUntil(214_000);
    isDown = true;
    times.length = 0;
    await callUntil(218_000);
    expect(times).toEqual([214_500, 217_500]);
  });

  it("that can't be had fails the calls that wait for it, and the next call requests it again", async () => {
    const failure = new Error("Entra is down");
    const { asked, policy } = credentialOf(failure, failure, {});
    for (const count of [1, 2]) {
      const calls = await Promise.allSettled(Array.from({ length: 20 }, () => send(policy)));
      expect(calls).toEqual(Array(20).fill({ status: "rejected", reason: failure }));
      expect(asked).toHaveLength(count);
    }
    expect(await send(policy)).toEqual(["Bearer token-3"]);
    expect(lines).toHaveLength(2);
  });

  it("that a credential fails to give once costs one of the calls that come every 50 ms", async () => {
    const { policy } = credentialOf(new Error("Entra is busy"), {});
    const failures: unknown[] = [];
    for (let call = 0; call < 200; call++) {
      send(policy).catch((error: unknown) => failures.push(error));
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(failures).toHaveLength(1);
  });

  it("that expires in a long pause is requested at the next call", async () => {
    const { asked, policy } = credentialOf(
      { refreshAfterTimestamp: start, expiresOnTimestamp: start + 20_000 },
      new Error("Entra is down"),
    );
    for (const elapsed of [0, 0, 3000, 6000]) {
      await vi.advanceTimersByTimeAsync(elapsed);
      await send(policy);
    }
    // Three renewals have failed, so the pause is 12 s long.
    expect(asked).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(10_999);
    await send(policy);
    expect(asked).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(1);
    await expect(send(policy)).rejects.toThrow("Entra is down");
    expect(asked).toHaveLength(5);
  });

  it("is requested again when a refresh takes half a minute, whatever the clock says, and the late result does no harm", async () => {
    const pending: ((token: AccessToken) => void)[] = [];
    const policy = bearerTokenPolicy({
      getToken: () => new Promise((resolve) => void pending.push(resolve)),
    });
    const calls = [send(policy)];
    await vi.advanceTimersByTimeAsync(29_999);
    calls.push(send(policy));
    await vi.advanceTimersByTimeAsync(0);
    expect(pending).toHaveLength(1);
    vi.setSystemTime(start - 3_600_000);
    await vi.advanceTimersByTimeAsync(1);
    calls.push(send(policy));
    await vi.advanceTimersByTimeAsync(0);
    expect(pending).toHaveLength(2);
    // The first refresh ends while the second one is in progress: the next call still waits for the second.
    pending[0]?.({ token: "first", expiresOnTimestamp: 0 });
    await vi.advanceTimersByTimeAsync(0);
    calls.push(send(policy));
    await vi.advanceTimersByTimeAsync(0);
    expect(pending).toHaveLength(2);
    pending[1]?.({ token: "second", expiresOnTimestamp: start + 3_600_000 });
    expect(await Promise.all(calls)).toEqual([
      ["Bearer first"],
      ["Bearer first"],
      ["Bearer second"],
      ["Bearer second"],
    ]);
  });

  it("that got a 401 is dropped, at most once a minute", async () => {
    const { policy } = credentialOf({});
    await send(policy, { status: 401 });
    expect(await send(policy, { status: 401 })).toEqual(["Bearer token-2"]);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(await send(policy, { status: 401 })).toEqual(["Bearer token-2"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await send(policy, { status: 401 })).toEqual(["Bearer token-2"]);
    expect(await send(policy)).toEqual(["Bearer token-3"]);
  });

  it("that got a 401 is dropped, unless it has already been replaced", async () => {
    const { asked, policy } = credentialOf({});
    await send(policy, { status: 401 });
    expect(await send(policy)).toEqual(["Bearer token-2"]);
    await vi.advanceTimersByTimeAsync(60_000);

    const request = createPipelineRequest({ url: "https://a.example" });
    const slow = policy.sendRequest(request, async () => {
      // Another call gets a 401 and replaces the token first.
      await send(policy, { status: 401 });
      await send(policy);
      return { request, status: 401, headers: createHttpHeaders() };
    });
    await slow;
    expect(asked).toHaveLength(3);
    expect(await send(policy)).toEqual(["Bearer token-3"]);
  });

  it.each([
    ["comes", {}],
    ["can't be had", new Error("down")],
  ])("that several calls wait for leaves no timer once it %s", async (_, given) => {
    const { policy } = credentialOf(given);
    await Promise.allSettled([send(policy), send(policy)]);
    expect(vi.getTimerCount()).toBe(0);
  });

  describe("whose refresh hangs", () => {
    const valid = (token: string): AccessToken => ({ token, expiresOnTimestamp: start + 3_600_000 });

    it("comes from the refresh that replaces it, for all who wait, after 30 seconds at the latest", async () => {
      const getToken = vi
        .fn(async () => valid("second"))
        .mockImplementationOnce(() => new Promise<never>(() => {}));
      const policy = bearerTokenPolicy({ getToken });
      const calls = [send(policy)];
      await vi.advanceTimersByTimeAsync(10_000);
      calls.push(send(policy), send(policy));
      await vi.advanceTimersByTimeAsync(19_999);
      expect(getToken).toHaveBeenCalledTimes(1);
      await vi.advanceTimersByTimeAsync(3);
      expect(await Promise.all(calls)).toEqual(calls.map(() => ["Bearer second"]));
      expect(getToken).toHaveBeenCalledTimes(2);
      expect(vi.getTimerCount()).toBe(0);
    });

    it("keeps no process alive that nobody waits in", async () => {
      vi.useRealTimers();
      const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
      const policy = bearerTokenPolicy({ getToken: () => new Promise<never>(() => {}) });
      const before = timers();
      for (let call = 0; call < 2; call++) send(policy).catch(() => undefined);
      expect(timers()).toBe(before);
    });

    it("comes from a slow one if its replacement fails or hangs", async () => {
      for (const replace of [() => Promise.reject(new Error("down")), () => new Promise<never>(() => {})]) {
        let give: (token: AccessToken) => void = () => expect.fail();
        const getToken = vi
          .fn<() => Promise<AccessToken>>(replace)
          .mockImplementationOnce(() => new Promise((resolve) => (give = resolve)));
        const policy = bearerTokenPolicy({ getToken });
        const first = send(policy);
        await vi.advanceTimersByTimeAsync(31_000);
        send(policy).catch(() => undefined);
        await vi.advanceTimersByTimeAsync(4_000);
        give(valid("slow"));
        expect(await first).toEqual(["Bearer slow"]);
      }
    });
  });
});
