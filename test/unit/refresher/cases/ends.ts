import type { createTokenRefresher } from "acs-identity/refresher";
import { describe, expect, it, vi } from "vitest";
import { hour, neverAnswers, pass, refusal, rejection, second } from "../../../helpers/refresher/endpoint.js";
import { endpoint, failures, refresher, tokens, watch } from "../../../helpers/refresher/lab.js";

/** Options that are refused, `stop()`, and callers who give up. */
export function endCases(create: typeof createTokenRefresher): void {
  describe("options", () => {
    const fetchToken = async () => ({ token: "one", expiresInSeconds: 3600 });
    it.each<[string, unknown, string]>([
      ["that are missing", undefined, "fetchToken must be a function"],
      ["without fetchToken", { onToken() {} }, "fetchToken must be a function"],
      ["with a URL", { fetchToken: "/token" }, "fetchToken must be a function"],
      ["with a promise", { fetchToken: fetchToken() }, "fetchToken must be a function"],
      ["with an onToken of another type", { fetchToken, onToken: "log" }, "onToken must be a function"],
      ["with an onFailure of another type", { fetchToken, onFailure: {} }, "onFailure must be a function"],
      ["with fetchtoken", { fetchToken, fetchtoken: fetchToken }, "fetchtoken: use fetchToken,"],
      ["with token", { fetchToken, token: "one" }, "token: use fetchToken,initialToken,onToken,onFailure"],
    ])("%s throw a TypeError that names the member", (_, options, message) => {
      expect(() => create(options as Parameters<typeof create>[0])).toThrow(TypeError);
      expect(() => create(options as Parameters<typeof create>[0])).toThrow(message);
    });

    it("other than fetchToken may be undefined or null", () => {
      for (const none of [undefined, null])
        create({ fetchToken, initialToken: none, onToken: none, onFailure: none } as never);
    });
  });

  describe("stop()", () => {
    const moments: Record<string, () => Promise<unknown>> = {
      "before the first call": async () => {},
      "with a token": () => refresher.getToken(),
      "during the first attempt": async () => {
        endpoint.outage = neverAnswers;
        watch(refresher.getToken());
        await pass(second);
      },
      "during a later attempt": async () => {
        await refresher.getToken();
        endpoint.outage = neverAnswers;
        refresher.retry();
        await pass(second);
      },
      "between attempts": async () => {
        endpoint.outage = rejection();
        watch(refresher.getToken());
        await pass(second / 2);
      },
      "after 401": async () => {
        endpoint.outage = refusal(401);
        watch(refresher.getToken());
        await pass(second);
      },
    };

    it.each(Object.entries(moments))("%s leaves no timer, and rejects later calls", async (moment, reach) => {
      await reach();
      const counts = [endpoint.calls.length, tokens.length, failures.length];
      refresher.stop();
      endpoint.outage = undefined;
      for (const ask of [refresher.getToken, refresher.tokenRefresher]) {
        await expect(ask()).rejects.toMatchObject({
          name: "AbortError",
          message: "The token refresher was stopped",
        });
      }
      refresher.retry();
      await pass(hour);
      expect([endpoint.calls.length, tokens.length, failures.length]).toEqual(counts);
      expect(endpoint.signals.at(-1)?.aborted ?? false).toBe(moment.startsWith("during"));
      expect(vi.getTimerCount()).toBe(0);
    });

    it("rejects who waits, and discards the answer that comes late", async () => {
      const answerLate = endpoint.holdNext();
      const asked = watch(refresher.getToken());
      await pass(second);
      refresher.stop();
      answerLate({ token: "late", expiresInSeconds: 3600 });
      await pass(second);
      expect(asked.error).toMatchObject({ name: "AbortError" });
      expect(tokens).toEqual([]);
    });

    it("in the turn of the first call asks the endpoint for nothing", async () => {
      watch(refresher.getToken());
      refresher.stop();
      await pass(second);
      expect(endpoint.calls).toEqual([]);
    });

    it("when the time limit aborts the fetch prevents onFailure", async () => {
      endpoint.outage = neverAnswers;
      const asked = watch(refresher.getToken());
      await pass(second);
      endpoint.signals.at(-1)?.addEventListener("abort", () => refresher.stop());
      await pass(30 * second);
      expect(asked.error).toMatchObject({ name: "AbortError" });
      expect(failures).toEqual([]);
    });
  });

  describe("abortSignal", () => {
    it("of a thousand callers has one listener, and rejects them all, and only them", async () => {
      endpoint.outage = neverAnswers;
      const caller = new AbortController();
      const { signal } = caller;
      const added = vi.spyOn(signal, "addEventListener");
      const removed = vi.spyOn(signal, "removeEventListener");
      const asked = Array.from({ length: 1000 }, () => watch(refresher.getToken({ abortSignal: signal })));
      const other = watch(refresher.getToken());
      caller.abort();
      await pass(0);
      expect(new Set(added.mock.calls.map(([, listener]) => listener)).size).toBe(1);
      expect(removed).toHaveBeenCalledWith("abort", added.mock.calls[0]?.[1]);
      expect(asked.every(({ error }) => (error as Error).name === "AbortError")).toBe(true);
      expect(other).toEqual({});
    });

    it("rejects its own caller with its reason, and no other", async () => {
      endpoint.failures.push(rejection());
      const caller = new AbortController();
      const one = watch(refresher.getToken({ abortSignal: caller.signal }));
      const two = watch(refresher.getToken());
      await pass(0);
      const reason = new Error("enough");
      caller.abort(reason);
      await pass(5 * second);
      // The signals of abort-controller 3 have no reason.
      const seen = "reason" in caller.signal ? reason : expect.objectContaining({ name: "AbortError" });
      expect(one.error).toEqual(seen);
      expect(two.value?.token).toBe(tokens[0]?.token);
      await expect(refresher.getToken({ abortSignal: caller.signal })).rejects.toEqual(seen);
    });

    it("without a reason, as React Native's are, rejects with an AbortError", async () => {
      const abortSignal = { aborted: true } as AbortSignal;
      await expect(refresher.getToken({ abortSignal })).rejects.toMatchObject({
        name: "AbortError",
        message: "The call was aborted",
      });
    });
  });
}
