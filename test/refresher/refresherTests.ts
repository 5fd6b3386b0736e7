import type {
  createTokenRefresher,
  FetchedToken,
  RefreshedToken,
  TokenRefreshError,
  TokenRefresher,
} from "acs-identity/refresher";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  Endpoint,
  type Failure,
  hour,
  minute,
  neverAnswers,
  pass,
  refusal,
  rejection,
  responseOf,
  second,
} from "./endpoint.js";

/** Defines the tests of the refresher, which run on every runtime. */
export function refresherTests(create: typeof createTokenRefresher): void {
  describe("the token refresher", () => {
    let endpoint: Endpoint;
    let refresher: TokenRefresher;
    let tokens: RefreshedToken[];
    let failures: TokenRefreshError[];

    beforeEach(() => {
      vi.useFakeTimers({ now: Date.parse("2026-01-01T00:00:00Z") });
      endpoint = new Endpoint();
      tokens = [];
      failures = [];
      refresher = create({
        fetchToken: endpoint.fetchToken,
        onToken: (token) => tokens.push(token),
        onFailure: (error) => failures.push(error),
      });
    });

    afterEach(() => {
      refresher.stop();
      vi.useRealTimers();
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    });

    /** Returns what a promise has become by now. */
    function watch<T>(promise: Promise<T>): { value?: T; error?: unknown } {
      const seen: { value?: T; error?: unknown } = {};
      promise.then(
        (value) => Object.assign(seen, { value }),
        (error: unknown) => Object.assign(seen, { error }),
      );
      return seen;
    }

    const callsIn = (start: number, end: number) =>
      endpoint.calls.filter((call) => call >= start && call < end).length;

    /** The highest number of calls within any minute. */
    function mostCallsAMinute(): number {
      return Math.max(...endpoint.calls.map((call) => callsIn(call, call + minute)));
    }

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
        [0, 48],
        [0.999, 36],
      ])(
        "refreshes an hour's token by itself if the jitter is %d, after %d minutes",
        async (random, after) => {
          vi.spyOn(Math, "random").mockReturnValue(random);
          await refresher.getToken();
          await pass(after * minute - second);
          expect(endpoint.calls).toHaveLength(1);
          await pass(2 * second);
          expect(endpoint.calls).toHaveLength(2);
        },
      );

      it.each([
        ["an hour's tokens for five hours", hour, 5 * hour, 9],
        ["tokens of 4 minutes for an hour", 4 * minute, hour, 31],
        ["tokens of 24 hours for five days", 24 * hour, 120 * hour, 7],
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
        await pass(9.9 * second);
        expect(endpoint.calls).toHaveLength(1);
        await pass(second);
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

    describe("an answer that has no valid token", () => {
      const now = Date.parse("2026-01-01T00:00:00Z") + 50 * minute;
      const soon = new Date(now + hour).toISOString();
      const html = { "Content-Type": "text/html; charset=utf-8" };
      it.each<[string, Failure, string]>([
        [
          "HTML with status 200",
          async () => new Response("<html>", { headers: html }),
          "HTML instead of JSON",
        ],
        ["an empty 204", async () => new Response(null, { status: 204 }), "no valid JSON"],
        ["a body that is cut off", async () => new Response('{"token":"secret"'), "no valid JSON"],
        ["JSON null", async () => Response.json(null), "no token"],
        ["a token alone", async () => ({ token: "secret" }), "no valid expiresOn"],
        ["a time alone", async () => Response.json({ expiresOn: soon }), "no token"],
        ["an empty token", async () => ({ token: "", expiresOn: soon }), "no token"],
        ["a token that is a number", async () => Response.json({ token: 5, expiresOn: soon }), "no token"],
        [
          "a time that can't be read",
          async () => ({ token: "secret", expiresOn: "secret" }),
          "no valid expiresOn",
        ],
        [
          "a time that has passed",
          async () => ({ token: "secret", expiresOn: new Date(now - 5 * minute) }),
          "a token with at most 10 seconds left",
        ],
        [
          "a negative lifetime",
          async () => ({ token: "secret", expiresInSeconds: -1 }),
          "a token with at most 10 seconds left",
        ],
        [
          "a lifetime of 10 seconds",
          async () => ({ token: "secret", expiresInSeconds: 10 }),
          "a token with at most 10 seconds left",
        ],
        ["a bare string", (async () => "secret") as unknown as Failure, "no token"],
        ["nothing", (async () => undefined) as unknown as Failure, "no token"],
      ])("%s doesn't replace a valid token", async (_, answer, problem) => {
        vi.spyOn(Math, "random").mockReturnValue(0);
        const first = await refresher.getToken();
        endpoint.outage = answer;
        await pass(58 * minute);
        expect(endpoint.calls.length).toBeGreaterThan(8);
        expect(failures).toHaveLength(endpoint.calls.length - 1);
        expect(failures[0]).toBeInstanceOf(Error);
        expect(String(failures[0]) + JSON.stringify(failures[0])).not.toMatch(/secret|</);
        expect(failures[0]?.message).toMatch(new RegExp(`^The token endpoint returned ${problem}$`));
        expect(await refresher.getToken()).toEqual(first);
        endpoint.outage = undefined;
        await pass(90 * second);
        expect((await refresher.getToken()).token).not.toBe(first.token);
      });
    });

    it("says which status the endpoint gave, and at which address, but not its query", async () => {
      for (const [value, source] of [
        ["https://app.example/api/token?code=secret#part", "https://app.example/api/token"],
        [undefined, "The token endpoint"],
      ]) {
        const response = new Response(null, { status: 404 });
        Object.defineProperty(response, "url", { value });
        endpoint.outage = async () => response;
        refresher.retry();
        await expect(refresher.getToken()).rejects.toMatchObject({ message: `${source} returned 404` });
        expect(failures.at(-1)?.retryAfterInMs).toBeUndefined();
        await pass(5 * second);
      }
    });

    describe("an attempt without end", () => {
      it("takes 30 seconds, and five of them reject getToken and, before the first token, tokenRefresher", async () => {
        endpoint.outage = neverAnswers;
        const asked = [refresher.getToken, refresher.tokenRefresher].map((ask) => watch(ask()));
        await pass(30 * second);
        expect(endpoint.signals[0]?.aborted).toBe(true);
        expect(failures.map(({ message }) => message)).toEqual(["The token endpoint timed out"]);
        await pass(3 * minute);
        expect(asked.map(({ error }) => error)).toEqual([failures[4], failures[4]]);
        endpoint.outage = undefined;
        await pass(2 * minute);
        expect((await refresher.getToken()).token).toBe(tokens[0]?.token);
      });

      it("doesn't count when it succeeds after all", async () => {
        const answerLate = endpoint.holdNext();
        const asked = watch(refresher.getToken());
        await pass(40 * second);
        expect(asked.value?.token).toBe(tokens[0]?.token);
        answerLate({ token: "late", expiresInSeconds: 3600 });
        await pass(second);
        expect((await refresher.getToken()).token).toBe(asked.value?.token);
        expect(tokens).toHaveLength(1);
      });

      it("sleeps with the device: a token that expired meanwhile isn't used", async () => {
        endpoint.failures.push(async () => {
          vi.setSystemTime(Date.now() + 2 * hour);
          return { token: "expired", expiresInSeconds: 3600 };
        });
        const asked = watch(refresher.getToken());
        await pass(2 * second);
        expect(asked.value?.token).toBe(tokens[0]?.token);
        expect(tokens).toHaveLength(1);
        expect(tokens[0]?.token).not.toBe("expired");
      });
    });

    describe("after a final status", () => {
      beforeEach(async () => {
        endpoint.outage = refusal(404);
        await expect(refresher.getToken()).rejects.toMatchObject({ status: 404 });
      });

      it("makes at most 60 calls in 8 hours for an app that asks every second", async () => {
        for (let time = 0; time < 8 * hour; time += second) {
          watch(refresher.getToken());
          await pass(second);
        }
        expect(endpoint.calls.length).toBeGreaterThan(20);
        expect(endpoint.calls.length).toBeLessThanOrEqual(60);
      });

      it("fetches at once after retry(), and is as before", async () => {
        endpoint.outage = undefined;
        refresher.retry();
        await pass(0);
        expect(endpoint.calls).toHaveLength(2);
        expect((await refresher.getToken()).token).toBe(tokens[0]?.token);
        await pass(hour);
        expect(endpoint.calls.length).toBeGreaterThan(2);
      });

      it("makes at most one call in 5 seconds for an app that calls retry() on each failure", async () => {
        refresher.stop();
        endpoint.calls.length = 0;
        const eager: TokenRefresher = create({
          fetchToken: endpoint.fetchToken,
          onFailure: () => eager.retry(),
        });
        eager.getToken().catch(() => {});
        await pass(hour);
        eager.stop();
        expect(endpoint.calls.length).toBeGreaterThan(100);
        expect(endpoint.calls.length).toBeLessThanOrEqual(720 + 2);
      });
    });

    it("keeps a valid token after 401, and tries again only when it is asked for one", async () => {
      const first = await refresher.getToken();
      endpoint.outage = refusal(401);
      await pass(55 * minute);
      expect(endpoint.calls).toHaveLength(2);
      expect(await refresher.getToken()).toEqual(first);
      await pass(0);
      expect(endpoint.calls).toHaveLength(3);
    });

    describe("retry()", () => {
      it("ends a running attempt, whose 401 doesn't count any more", async () => {
        const answerOld = endpoint.holdNext();
        const asked = watch(refresher.getToken());
        await pass(0);
        refresher.retry();
        expect(endpoint.signals[0]?.aborted).toBe(true);
        answerOld(refusal(401)());
        await pass(0);
        expect(asked.value?.token).toBe(tokens[0]?.token);
        expect(failures).toEqual([]);
      });

      it("replaces a valid token, but not for good by one that was fetched before the last retry()", async () => {
        const first = await refresher.getToken();
        const answerOld = endpoint.holdNext();
        refresher.retry();
        const asked = watch(refresher.getToken());
        await pass(second);
        refresher.retry();
        expect(endpoint.signals.at(-1)?.aborted).toBe(false);
        answerOld({ token: "of the old sign-in", expiresInSeconds: 3600 });
        await pass(0);
        expect(asked.value?.token).toBe("of the old sign-in");
        expect(watch(refresher.getToken())).toEqual({});
        await pass(4 * second);
        expect(endpoint.calls).toHaveLength(3);
        expect((await refresher.getToken()).token).toBe(tokens.at(-1)?.token);
        expect([first.token, "of the old sign-in"]).not.toContain(tokens.at(-1)?.token);
      });

      it("fetches once more after a 401 for the sign-in before the last retry()", async () => {
        await refresher.getToken();
        endpoint.failures.push(() =>
          new Promise((resolve) => setTimeout(resolve, 6 * second)).then(refusal(401)),
        );
        refresher.retry();
        await pass(second);
        refresher.retry();
        await pass(5 * second);
        expect(failures).toMatchObject([{ status: 401 }]);
        expect((await refresher.getToken()).token).toBe(tokens.at(-1)?.token);
        expect(endpoint.calls).toHaveLength(3);
      });

      it("lets a slow endpoint answer however often it is called", async () => {
        const slow = () => new Promise((resolve) => setTimeout(resolve, 8 * second));
        endpoint.outage = () => slow().then(() => ({ token: "slow", expiresInSeconds: 3600 }));
        const asked = watch(refresher.getToken());
        for (let time = 0; time < 18; time += 6) {
          await pass(6 * second);
          refresher.retry();
        }
        expect(asked.value?.token).toBe("slow");
      });

      it("fetches once, and at once, if it is called twice in the same turn", async () => {
        await refresher.getToken();
        refresher.retry();
        refresher.retry();
        await pass(0);
        expect(tokens).toHaveLength(2);
        await pass(minute);
        expect(endpoint.calls).toHaveLength(2);
      });

      it.each<[string, Failure, object]>([
        ["a timeout", neverAnswers, { value: {} }],
        ["a lost connection", rejection(), { value: {} }],
        ["a 503", refusal(503), { value: {} }],
        ["a 401", refusal(401), { error: { status: 401 } }],
        ["a 404", refusal(404), { error: { status: 404 } }],
      ])(
        "makes getToken wait for the new token, and after %s return or withhold the old one",
        async (_, answer, seen) => {
          const first = await refresher.getToken();
          endpoint.failures.push(answer);
          refresher.retry();
          const asked = watch(refresher.getToken());
          expect(asked).toEqual({});
          await pass(30 * second);
          expect(asked).toMatchObject(seen);
          if (asked.value) expect(asked.value).toEqual(first);
          else await expect(refresher.getToken()).rejects.toBe(asked.error);
        },
      );

      it("never brings back a token that a 401 has refused since", async () => {
        await refresher.getToken();
        endpoint.failures.push(refusal(503), refusal(401));
        endpoint.outage = refusal(503);
        refresher.retry();
        await pass(2 * second);
        await expect(refresher.getToken()).rejects.toMatchObject({ status: 401 });
        await pass(3 * minute);
        const asked = watch(refresher.getToken());
        await pass(minute);
        expect(asked.error).toMatchObject({ status: 503 });
      });

      it("fetches at most once in 5 seconds, and getToken waits for a later one", async () => {
        await refresher.getToken();
        for (let time = 0; time < 60; time++) {
          refresher.retry();
          await pass(second);
        }
        expect(endpoint.calls).toHaveLength(1 + 13);
        await pass(5 * second);
        refresher.retry();
        await pass(second);
        refresher.retry();
        const asked = watch(refresher.getToken());
        await pass(3 * second);
        expect(asked).toEqual({});
        await pass(second);
        expect(asked.value).toEqual(tokens.at(-1));
        expect(endpoint.calls.at(-1)).toBe(Date.now());
      });

      it("doesn't fetch faster if each token is doubted at once", async () => {
        refresher.stop();
        const wary: TokenRefresher = create({ fetchToken: endpoint.fetchToken, onToken: () => wary.retry() });
        watch(wary.getToken());
        await pass(minute);
        wary.stop();
        expect(endpoint.calls.length).toBeLessThanOrEqual(1 + 13);
      });

      it("rejects getToken if the endpoint wants to wait for longer", async () => {
        await refresher.getToken();
        endpoint.failures.push(refusal(503, { "Retry-After": "600" }));
        refresher.retry();
        await pass(0);
        refresher.retry();
        await expect(refresher.getToken()).rejects.toMatchObject({ status: 503, retryAfterInMs: 600_000 });
      });
    });

    describe("the signal of fetchToken", () => {
      it.each<[string, Failure | undefined]>([
        ["a token", undefined],
        ["a 401", refusal(401)],
        ["a rejection", rejection()],
      ])("doesn't abort after %s", async (_, answer) => {
        if (answer) endpoint.failures.push(answer);
        watch(refresher.getToken());
        await pass(0);
        const [signal] = endpoint.signals;
        refresher.retry();
        await pass(hour);
        refresher.stop();
        expect(signal?.aborted).toBe(false);
      });
    });

    describe("a status", () => {
      it.each([400, 401, 403, 404, 405, 409, 410, 415, 422])("of %d is final at once", async (status) => {
        endpoint.outage = refusal(status);
        await expect(refresher.getToken()).rejects.toMatchObject({ status });
        expect(vi.getTimerCount()).toBe(0);
        await pass(hour);
        expect(endpoint.calls).toHaveLength(1);
      });

      it.each([302, 408, 425, 429, 500, 503])("of %d isn't final", async (status) => {
        endpoint.failures.push(refusal(status));
        const asked = watch(refresher.getToken());
        await pass(2 * second);
        expect(asked.value?.token).toBeDefined();
      });
    });

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
        ["with token", { fetchToken, token: "one" }, "token: use fetchToken,initialToken,"],
      ])("%s throw a TypeError that names the member", (_, options, message) => {
        expect(() => create(options as Parameters<typeof create>[0])).toThrow(TypeError);
        expect(() => create(options as Parameters<typeof create>[0])).toThrow(message);
      });
    });

    describe("initialToken", () => {
      const user = { communicationUserId: "8:acs:one" };
      const given = { token: "given", expiresInSeconds: 3600, user };
      const start = (initialToken: Response | FetchedToken) => {
        const onToken = (token: RefreshedToken) => tokens.push(token);
        refresher = create({ fetchToken: endpoint.fetchToken, initialToken, onToken });
        return watch(refresher.getToken());
      };

      it.each([
        ["an object", () => given],
        ["a Response", () => Response.json(given)],
        ["expiresOn", () => ({ token: "given", expiresOn: new Date(Date.now() + hour), user })],
      ])(
        "of %s is returned with its user, without onToken, until the next one is due",
        async (_, initial) => {
          const asked = start(initial());
          await pass(second);
          expect(asked.value).toEqual({ token: "given", expiresOnTimestamp: expect.any(Number), user });
          expect([endpoint.calls, tokens]).toEqual([[], []]);
          await pass(hour);
          expect(endpoint.calls).not.toEqual([]);
          expect(tokens[0]?.token).not.toBe("given");
        },
      );

      it.each<[string, object]>([
        ["expired", { token: "given", expiresOn: "2025-12-31T23:59:59Z" }],
        ["without a lifetime", { token: "given" }],
      ])("that is %s is ignored, without onFailure", async (_, initial) => {
        const asked = start(initial as typeof given);
        await pass(second);
        expect(asked.value).toEqual(tokens[0]);
        expect([endpoint.calls.length, asked.value?.token === "given"]).toEqual([1, false]);
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
      const onToken = (token: RefreshedToken) => tokens.push(token);
      refresher = create({
        fetchToken: async () => ({ token: "one", expiresInSeconds: 3600, user }),
        onToken,
      });
      expect((await refresher.getToken()).user).toEqual(user);
      expect(tokens).toMatchObject([{ user }]);
    });

    describe("whatever fetchToken rejects with", () => {
      const hostile = Object.assign(new Error("hostile"), { retryAfterInMs: Number.NaN });
      Object.defineProperty(hostile, "status", {
        get() {
          throw new Error("a getter");
        },
      });
      const { proxy: revoked, revoke } = Proxy.revocable({}, {});
      revoke();
      it.each<[string, unknown]>([
        ["undefined", undefined],
        ["null", null],
        ["a BigInt", 5n],
        ["a symbol", Symbol("secret")],
        ["a string", "offline"],
        ["an object with a status", { status: 503 }],
        ["an error whose getter throws", hostile],
        ["a revoked Proxy", revoked],
        ["a status of four digits", Object.assign(new Error("down"), { status: 4040 })],
        ["another status of four digits", Object.assign(new Error("down"), { status: 1404 })],
        ["a status that is a BigInt", Object.assign(new Error("down"), { status: 503n })],
      ])("%s, the app gets an Error, and getToken a token from the next attempt", async (_, reason) => {
        endpoint.failures.push(() => Promise.reject(reason));
        const asked = watch(refresher.getToken());
        await pass(2 * second);
        expect(tokens).toEqual([asked.value]);
        expect(failures).toHaveLength(1);
        expect(failures[0]).toBeInstanceOf(Error);
        expect(failures[0]?.message).toMatch(/^(?:fetchToken rejected without an Error|down)$/);
      });

      it.each<[string, unknown]>([
        ["a revoked Proxy", revoked],
        ["a BigInt", 5n],
        [
          "an object whose getter throws",
          Object.defineProperty({}, "token", { get: () => expect.fail("a getter") }),
        ],
        ["a function", () => "token"],
      ])("or resolves to, %s is a failure", async (_, answer) => {
        endpoint.failures.push(() => Promise.resolve(answer) as ReturnType<Failure>);
        const asked = watch(refresher.getToken());
        await pass(2 * second);
        expect(tokens).toEqual([asked.value]);
        expect(failures).toHaveLength(1);
      });

      it("a status of an object that isn't an Error counts", async () => {
        endpoint.outage = () => Promise.reject({ status: 401 });
        await expect(refresher.getToken()).rejects.toMatchObject({ status: 401, cause: { status: 401 } });
      });
    });

    describe("a callback", () => {
      const thrown = new Error("of the app");
      it.each<[string, () => unknown]>([
        [
          "throws",
          () => {
            throw thrown;
          },
        ],
        ["rejects", () => Promise.reject(thrown)],
        ["never settles", () => new Promise(() => {})],
      ])("that %s ends nothing", async (name, callback) => {
        const log = vi.spyOn(console, "error").mockReturnValue();
        refresher.stop();
        refresher = create({
          fetchToken: endpoint.fetchToken,
          onToken: callback,
          onFailure: callback,
        } as Parameters<typeof create>[0]);
        endpoint.failures.push(rejection());
        const asked = watch(refresher.getToken());
        await pass(2 * second);
        expect(asked.value?.token).toBeDefined();
        expect(log.mock.calls).toEqual(name === "never settles" ? [] : [[thrown], [thrown]]);
        await pass(hour);
        expect(endpoint.calls.length).toBeGreaterThan(2);
      });
    });

    describe("in an outage", () => {
      it.each([
        ["offline", rejection()],
        ["of status 500", refusal(500)],
        ["of status 429 without Retry-After", refusal(429)],
      ])("%s that begins with a valid token, makes at most one call a minute", async (_, outage) => {
        await refresher.getToken();
        endpoint.outage = outage;
        for (let time = 0; time < 8 * hour; time += 10 * second) {
          watch(refresher.getToken());
          await pass(10 * second);
        }
        expect(mostCallsAMinute()).toBe(1);
        expect(endpoint.calls.length).toBeGreaterThan(250);
        expect(endpoint.calls.length).toBeLessThanOrEqual(480);
      });

      it("without a token makes quick attempts at first, and then one a minute", async () => {
        endpoint.outage = rejection();
        const start = Date.now();
        const first = watch(refresher.getToken());
        await pass(30 * second);
        expect(first.error).toBe(failures[4]);
        await pass(8 * hour);
        expect(callsIn(start, start + minute)).toBeLessThanOrEqual(7);
        expect(endpoint.calls.length).toBeLessThanOrEqual(480);
        const [, , , , , , , ...later] = endpoint.calls;
        endpoint.calls.splice(0, endpoint.calls.length, ...later);
        expect(mostCallsAMinute()).toBe(1);
      });

      it("retries within seconds if the token expires in less than 5 minutes", async () => {
        vi.spyOn(Math, "random").mockReturnValue(0);
        endpoint.lifetime = 4 * minute;
        await refresher.getToken();
        endpoint.outage = rejection();
        await pass(3 * minute + 2 * second);
        expect(endpoint.calls).toHaveLength(3);
      });

      it("returns the old token until it expires, and then rejects at once with the last failure", async () => {
        vi.spyOn(Math, "random").mockReturnValue(0);
        const first = await refresher.getToken();
        endpoint.outage = refusal(503);
        await pass(59.5 * minute);
        expect(await refresher.getToken()).toEqual(first);
        await pass(minute);
        const late = watch(refresher.getToken());
        await pass(0);
        expect(late.error).toBe(failures.at(-1));
        expect(late.error).toMatchObject({ status: 503, message: "The token endpoint returned 503" });
        endpoint.outage = undefined;
        await pass(90 * second);
        expect((await refresher.getToken()).token).not.toBe(first.token);
      });

      it("hands the token out to the last second, but not by tokenRefresher in the last 5 seconds", async () => {
        const first = await refresher.getToken();
        endpoint.outage = refusal(503);
        await pass(hour - 5.1 * second);
        expect(await refresher.tokenRefresher()).toEqual(first);
        await pass(second);
        const asked = watch(refresher.tokenRefresher());
        await pass(0);
        expect([await refresher.getToken(), asked]).toEqual([first, {}]);
        endpoint.outage = undefined;
        await pass(2 * minute);
        expect(asked.value).toEqual(tokens.at(-1));
      });

      it("waits in getToken through a short one", async () => {
        endpoint.failures.push(rejection(), refusal(502), refusal(429), rejection());
        const asked = watch(refresher.getToken());
        await pass(23 * second);
        expect(asked.value?.token).toBe(tokens[0]?.token);
        expect(endpoint.calls).toHaveLength(5);
      });
    });

    describe("what the endpoint asks for", () => {
      it.each<[string, Failure, number]>([
        ["Retry-After in seconds", refusal(429, { "Retry-After": "100" }), 100 * second],
        [
          "Retry-After as a date by the server's clock",
          refusal(503, {
            "Retry-After": "Thu, 01 Jan 2026 09:02:00 GMT",
            Date: "Thu, 01 Jan 2026 09:00:00 GMT",
          }),
          120 * second,
        ],
        ["retryAfterInMs of an error", rejection({ status: 429, retryAfterInMs: 90_000 }), 90 * second],
        ["more than an hour", refusal(503, { "Retry-After": "1000000" }), hour],
        ["a longer pause with 401", refusal(401, { "Retry-After": "600" }), 600 * second],
        ["a clock's limit", refusal(503, { "Retry-After": "2147483647" }), hour],
        ...["soon", "0", "-5", "1,5", "1e999", "", "Infinity", "Mon, 99 Jan 2026 00:00:00 GMT"].map(
          (text): [string, Failure, number] => [
            `the normal backoff instead of "${text}"`,
            refusal(503, { "Retry-After": text }),
            second,
          ],
        ),
        ...[0, -5, Number.NaN, Number.POSITIVE_INFINITY, "5000", new Date(Number.NaN), null, 90_000n].map(
          (value): [string, Failure, number] => [
            `the normal backoff instead of retryAfterInMs ${String(value)} (${typeof value})`,
            rejection({ retryAfterInMs: value as number }),
            second,
          ],
        ),
      ])("%s is respected, with jitter", async (_, failure, least) => {
        endpoint.failures.push(failure);
        const start = Date.now();
        for (; Date.now() < start + 2 * least; await pass(least / 50)) watch(refresher.getToken());
        const waited = (endpoint.calls[1] ?? 0) - start;
        expect(waited).toBeGreaterThanOrEqual(least);
        expect(waited).toBeLessThanOrEqual(1.1 * least + second / 2);
      });

      it("is respected by retry(), too", async () => {
        endpoint.failures.push(refusal(429, { "Retry-After": "100" }));
        await expect(refresher.getToken()).rejects.toMatchObject({ status: 429, retryAfterInMs: 100_000 });
        refresher.retry();
        await pass(99 * second);
        expect(endpoint.calls).toHaveLength(1);
        await pass(2 * second);
        expect(endpoint.calls).toHaveLength(2);
      });
    });

    describe("a device that sleeps", () => {
      it("gets a new token within 30 seconds after it wakes up, or when one is asked for", async () => {
        await refresher.getToken();
        await pass(minute);
        vi.setSystemTime(Date.now() + 3 * hour);
        await pass(30 * second);
        expect(endpoint.calls).toHaveLength(2);
        vi.setSystemTime(Date.now() + 3 * hour);
        const { expiresOnTimestamp } = await refresher.getToken();
        expect(expiresOnTimestamp).toBe(Date.now() + hour);
        expect(endpoint.calls).toHaveLength(3);
      });
    });

    describe("a page", () => {
      /** Sends an event, to a stand-in where the runtime has no pages. */
      let send: (event: "visibilitychange" | "online", isHidden?: boolean) => void;

      beforeEach(() => {
        const page = globalThis.document ?? new EventTarget();
        const window = "addEventListener" in globalThis ? globalThis : new EventTarget();
        let hidden = false;
        Object.defineProperty(page, "hidden", { configurable: true, get: () => hidden });
        if (page !== globalThis.document) vi.stubGlobal("document", page);
        if (window !== globalThis) {
          for (const name of ["addEventListener", "removeEventListener"] as const)
            vi.stubGlobal(name, window[name].bind(window));
        }
        send = (event, isHidden = false) => {
          hidden = isHidden;
          (event === "online" ? window : page).dispatchEvent(new Event(event));
        };
        refresher.stop();
        refresher = create({ fetchToken: endpoint.fetchToken, onFailure: (error) => failures.push(error) });
      });

      it("that becomes visible after a sleep fetches a token at once", async () => {
        await refresher.getToken();
        await pass(minute);
        vi.setSystemTime(Date.now() + 3 * hour);
        send("visibilitychange");
        await pass(0);
        expect(endpoint.calls).toHaveLength(2);
      });

      it("that stays hidden spreads its call over a minute after a sleep", async () => {
        vi.spyOn(Math, "random").mockReturnValue(0.5);
        await refresher.getToken();
        send("visibilitychange", true);
        vi.setSystemTime(Date.now() + 3 * hour);
        await pass(59 * second);
        expect(endpoint.calls).toHaveLength(1);
        await pass(second);
        expect(endpoint.calls).toHaveLength(2);
      });

      it("has no listener of the refresher left after stop()", () => {
        const removed = [globalThis.document, globalThis].map((each) =>
          vi.spyOn(each as EventTarget, "removeEventListener"),
        );
        refresher.stop();
        expect(removed.map(({ mock }) => mock.calls.map(([type]) => type))).toEqual([
          ["visibilitychange"],
          ["online"],
        ]);
      });

      it.each(["online", "visibilitychange"] as const)(
        "fetches sooner on %s after a failure if it is visible, but at most every 10 seconds",
        async (event) => {
          await refresher.getToken();
          await pass(minute);
          send(event);
          await pass(0);
          expect(endpoint.calls).toHaveLength(1);
          endpoint.outage = rejection();
          await pass(49 * minute);
          const before = endpoint.calls.length;
          while (Date.now() < (endpoint.calls.at(-1) ?? 0) + 20 * second) await pass(second);
          send(event, true);
          await pass(0);
          expect(endpoint.calls).toHaveLength(before);
          send(event);
          await pass(0);
          expect(endpoint.calls).toHaveLength(before + 1);
          for (let time = 0; time < 30 * second; time += second) {
            send(event);
            await pass(second);
          }
          expect(endpoint.calls.length).toBeLessThanOrEqual(before + 4);
        },
      );

      it("doesn't fetch sooner on events while it is hidden, before Retry-After, or after 401", async () => {
        endpoint.failures.push(refusal(503, { "Retry-After": "300" }), refusal(401));
        watch(refresher.getToken());
        await pass(0);
        for (let time = 0; time < 299; time += 13) {
          send("online");
          send("visibilitychange", time % 2 > 0);
          await pass(13 * second);
        }
        expect(endpoint.calls).toHaveLength(1);
        await pass(5 * minute);
        expect(endpoint.calls).toHaveLength(2);
        send("online");
        await pass(hour);
        expect(endpoint.calls).toHaveLength(2);
      });

      it("fetches nothing on events before a token is asked for, and after stop()", async () => {
        send("online");
        await pass(minute);
        await refresher.getToken();
        refresher.stop();
        vi.setSystemTime(Date.now() + 3 * hour);
        send("online");
        send("visibilitychange");
        await pass(hour);
        expect(endpoint.calls).toHaveLength(1);
      });
    });

    describe.each([-26, -2, 2, 26])("on a device whose clock is wrong by %d hours", (hours) => {
      it.each<[string, (endpoint: Endpoint) => Endpoint["answer"]]>([
        [
          "expiresInSeconds",
          ({ lifetime }) =>
            (token) => ({ token, expiresInSeconds: lifetime / second }),
        ],
        [
          "expiresInSeconds beside expiresOn",
          ({ lifetime }) =>
            (token, expiresOn) =>
              Response.json({ token, expiresOn, expiresInSeconds: lifetime / second }),
        ],
        ["the Date of a response", responseOf],
      ])("%s gives the time by that clock", async (_, answerOf) => {
        endpoint.ahead = -hours * hour;
        endpoint.answer = answerOf(endpoint);
        for (let count = 0; count < 10; count++) {
          const { expiresOnTimestamp } = await refresher.getToken();
          expect(expiresOnTimestamp).toBeGreaterThan(Date.now() + 10 * minute);
          expect(expiresOnTimestamp).toBeLessThanOrEqual(Date.now() + hour + second);
          await pass(30 * minute);
        }
        expect(endpoint.calls.length).toBeLessThan(10);
        expect(failures).toEqual([]);
      });
    });

    it("refreshes in time when somebody sets the clock back, and gives times by the new one", async () => {
      await refresher.getToken();
      await pass(10 * minute);
      vi.setSystemTime(Date.now() - 2 * hour);
      const { expiresOnTimestamp } = await refresher.getToken();
      expect(expiresOnTimestamp).toBe(Date.now() + 50 * minute);
      await pass(40 * minute);
      expect(endpoint.calls).toHaveLength(2);
    });

    it("takes expiresOn as a Date or a string by the device's clock if there is nothing else", async () => {
      for (const expiresOn of [new Date(Date.now() + hour), "2026-01-01T01:00:00.0000000+00:00"]) {
        endpoint.answer = (token) => ({ token, expiresOn });
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

    it("keeps no token for longer than a day", async () => {
      endpoint.lifetime = 1000 * 24 * hour;
      expect((await refresher.getToken()).expiresOnTimestamp).toBe(Date.now() + 24 * hour);
    });

    describe("stop()", () => {
      const moments: Record<string, () => Promise<void>> = {
        "before the first call": async () => {},
        "with a token": async () => void (await refresher.getToken()),
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

      it.each(Object.entries(moments))("%s ends everything", async (moment, reach) => {
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
    });

    describe("abortSignal", () => {
      it("of a thousand callers rejects them all, and only them", async () => {
        endpoint.outage = neverAnswers;
        const caller = new AbortController();
        const { signal } = caller;
        const asked = Array.from({ length: 1000 }, () => watch(refresher.getToken({ abortSignal: signal })));
        const other = watch(refresher.getToken());
        caller.abort();
        await pass(0);
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
    });

    it("rejects with an AbortError for a signal without a reason, as React Native has them", async () => {
      const abortSignal = { aborted: true } as AbortSignal;
      await expect(refresher.getToken({ abortSignal })).rejects.toMatchObject({
        name: "AbortError",
        message: "The call was aborted",
      });
    });

    it("shares nothing with another refresher: each sign-in has its own token", async () => {
      const log = vi.spyOn(console, "error");
      const other = create({ fetchToken: async () => ({ token: "other", expiresInSeconds: 3600 }) });
      const [one, two] = await Promise.all([refresher.getToken(), other.getToken()]);
      expect(two.token).toBe("other");
      expect(one.token).not.toBe("other");
      other.stop();
      expect(await refresher.getToken()).toEqual(one);
      expect(log, "without callbacks").not.toHaveBeenCalled();
    });
  });
}
