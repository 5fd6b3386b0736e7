import type { FetchedToken } from "acs-identity/refresher";
import { describe, expect, it, vi } from "vitest";
import {
  hour,
  minute,
  observed,
  pass,
  rejection,
  responseOf,
  second,
} from "../../../helpers/refresher/endpoint.js";
import { endpoint, failures, refresher, restart, tokens, watch } from "../../../helpers/refresher/lab.js";

/** Tokens that are fetched, kept, renewed in time and handed on. */
export function renewalCases(): void {
  describe("while all is well", () => {
    it("fetches nothing until a token is asked for", async () => {
      await pass(hour);
      expect(endpoint.calls).toEqual([]);
    });

    it("shares one request among concurrent calls, and then answers from memory", async () => {
      const results = await Promise.all(Array.from({ length: 20 }, () => refresher.getToken()));
      expect(new Set(results.map(({ token }) => token)).size).toBe(1);
      expect(await refresher.getToken()).toEqual({
        token: results[0]?.token,
        expiresOnTimestamp: Date.now() + hour,
      });
      expect(endpoint.calls).toHaveLength(1);
      expect(tokens).toEqual([results[0]]);
    });

    it.each([
      [60, 0, 48],
      [60, 1, 36],
      [40, 0, 30],
      [40, 1, 20],
    ])("refreshes a token of %d minutes by itself if the jitter is %d, after %d minutes", async (...row) => {
      const [lifetime, random, after] = row;
      vi.spyOn(Math, "random").mockReturnValue(random);
      endpoint.lifetime = lifetime * minute;
      await refresher.getToken();
      await pass(after * minute - 1);
      expect(endpoint.calls).toHaveLength(1);
      await pass(1);
      expect(endpoint.calls).toHaveLength(2);
    });

    it.each([
      ["an hour's tokens for five hours", hour, 5 * hour, 9],
      ["tokens of 4 minutes for an hour", 4 * minute, hour, 31],
      ["tokens of 24 hours for two days", 24 * hour, 48 * hour, 3],
    ])("keeps %s, with no moment without one", async (_, lifetime, time, most) => {
      endpoint.lifetime = lifetime;
      const end = Date.now() + time;
      await refresher.getToken();
      for (; Date.now() < end; await pass(lifetime / 16)) {
        const before = endpoint.calls.length;
        const asked = watch(refresher.getToken());
        await pass(0);
        expect(asked.value?.expiresOnTimestamp).toBeGreaterThan(
          Date.now() + Math.min(lifetime / 8, 10 * minute),
        );
        expect(endpoint.calls, "from memory").toHaveLength(before);
      }
      expect(endpoint.calls.length).toBeLessThanOrEqual(most);
      expect(failures).toEqual([]);
    });

    it("asks for a token at most every 10 seconds, however soon it expires", async () => {
      endpoint.lifetime = 12 * second;
      await refresher.getToken();
      await pass(10 * second - 1);
      expect(endpoint.calls).toHaveLength(1);
      await pass(1);
      expect(endpoint.calls).toHaveLength(2);
    });

    it("doesn't ask an endpoint that caches its tokens faster and faster", async () => {
      const expiresOn = new Date(Date.now() + 20 * minute);
      endpoint.answer = () => ({ token: "cached", expiresOn });
      await refresher.getToken();
      await pass(20 * minute);
      expect(endpoint.calls.length).toBeLessThan(30);
    });
  });

  describe("initialToken", () => {
    const user = { communicationUserId: "8:acs:one" };
    const given = { token: "given", expiresInSeconds: 3600, user };
    const start = (initialToken: Response | FetchedToken) =>
      watch(restart({ initialToken, onToken: (token) => tokens.push(token) }).getToken());

    it.each([
      ["an object", () => given],
      ["a Response", () => observed(Response.json(given))],
      ["expiresOn", () => ({ token: "given", expiresOn: new Date(Date.now() + hour), user })],
    ])("of %s is returned with its user, without onToken, until the next one is due", async (_, initial) => {
      const asked = start(initial());
      await pass(second);
      expect(asked.value).toEqual({ token: "given", expiresOnTimestamp: expect.any(Number), user });
      expect([endpoint.calls, tokens]).toEqual([[], []]);
      await pass(hour);
      expect(endpoint.calls).not.toEqual([]);
      expect(tokens[0]?.token).not.toBe("given");
    });

    it.each<[string, object]>([
      ["expired", { token: "given", expiresOn: "2025-12-31T23:59:59Z" }],
      ["without a lifetime", { token: "given" }],
    ])("that is %s is ignored, without onFailure", async (_, initial) => {
      const asked = start(initial as typeof given);
      await pass(second);
      expect(asked.value).toEqual(tokens[0]);
      expect([endpoint.calls.length, asked.value?.token === "given"]).toEqual([1, false]);
    });

    it.each<[string, object]>([
      ["a Response of an hour ago", {}],
      ["a Response of an hour ago that counts seconds, too", { expiresInSeconds: 4200 }],
    ])("that is %s is returned until its expiresOn by the device's clock", async (_, members) => {
      const expiresOn = new Date(Date.now() + 10 * minute);
      const headers = { Date: new Date(Date.now() - hour).toUTCString() };
      start(observed(Response.json({ token: "given", expiresOn, ...members }, { headers })));
      endpoint.outage = rejection();
      await pass(10 * minute - 1);
      expect((await refresher.getToken()).token).toBe("given");
      await pass(1);
      const asked = watch(refresher.getToken());
      await pass(0);
      expect(asked.value).toBeUndefined();
    });

    it("is replaced by retry(), even at once", async () => {
      start(given);
      refresher.retry();
      await pass(second);
      expect([endpoint.calls.length, tokens.length]).toEqual([1, 1]);
    });
  });

  it("hands on the user that came with the token", async () => {
    const user = { communicationUserId: "8:acs:one" };
    endpoint.answer = (token) => ({ token, expiresInSeconds: 3600, user });
    expect((await refresher.getToken()).user).toEqual(user);
    expect(tokens).toMatchObject([{ user }]);
  });

  it("takes expiresOn as a Date or a string by the device's clock if there is nothing else", async () => {
    for (const expiresOn of [new Date(Date.now() + hour), "2026-01-01T01:00:00.0000000+00:00"]) {
      endpoint.answer = (token) => ({ token, expiresOn, expiresInSeconds: null as never });
      refresher.retry();
      await pass(0);
      expect(tokens.at(-1)?.expiresOnTimestamp).toBe(Date.parse("2026-01-01T01:00:00Z"));
    }
  });

  it("takes an object for a Response only if it has both headers and a method json", async () => {
    for (const member of ["headers", "json"]) {
      endpoint.answer = (token) => ({ token, expiresInSeconds: 3600, [member]: "" });
      refresher.retry();
      await pass(5 * second);
    }
    expect([tokens.length, failures.length]).toEqual([2, 0]);
  });

  it.each([1, 500, 999])(
    "returns no token after its expiresOn if the Date was rounded down by %d ms",
    async (rest) => {
      const expiresOn = new Date(Date.now() + hour);
      await pass(rest);
      endpoint.answer = () => responseOf(endpoint)("one", expiresOn);
      await refresher.getToken();
      endpoint.outage = rejection();
      await pass(expiresOn.getTime() - Date.now());
      const asked = watch(refresher.getToken());
      await pass(0);
      expect(asked.value).toBeUndefined();
    },
  );

  it("keeps no token for longer than a day", async () => {
    endpoint.lifetime = 1000 * 24 * hour;
    expect((await refresher.getToken()).expiresOnTimestamp).toBe(Date.now() + 24 * hour);
  });
}
