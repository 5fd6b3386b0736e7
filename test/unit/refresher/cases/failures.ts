import { describe, expect, it, vi } from "vitest";
import {
  type Failure,
  hour,
  minute,
  neverAnswers,
  pass,
  refusal,
  rejection,
  second,
} from "../../../helpers/refresher/endpoint.js";
import { endpoint, failures, refresher, restart, tokens, watch } from "../../../helpers/refresher/lab.js";

/** Attempts that fail, whatever the reason, and when the next one follows. */
export function failureCases(): void {
  describe("an answer that has no valid token", () => {
    const now = Date.parse("2026-01-01T00:00:00Z") + 50 * minute;
    const soon = new Date(now + hour).toISOString();
    const passed = new Date(now - 5 * minute);
    const headers = { "Content-Type": "text/html; charset=utf-8" };
    const tooShort = "a token with at most 10 seconds left";
    it.each<[string, Failure, string]>([
      ["HTML with status 200", async () => new Response("<html>", { headers }), "HTML instead of JSON"],
      ["an empty 204", async () => new Response(null, { status: 204 }), "no valid JSON"],
      ["a body that is cut off", async () => new Response('{"token":"secret"'), "no valid JSON"],
      ["JSON null", async () => Response.json(null), "no token"],
      ["a token alone", async () => ({ token: "secret" }), "no valid expiresOn"],
      ["a time alone", async () => Response.json({ expiresOn: soon }), "no token"],
      ["an empty token", async () => ({ token: "", expiresOn: soon }), "no token"],
      ["a token that is a number", async () => Response.json({ token: 5, expiresOn: soon }), "no token"],
      ["an unreadable time", async () => ({ token: "secret", expiresOn: "secret" }), "no valid expiresOn"],
      ["a time that has passed", async () => ({ token: "secret", expiresOn: passed }), tooShort],
      ["a negative lifetime", async () => ({ token: "secret", expiresInSeconds: -1 }), tooShort],
      ["a lifetime of 10 seconds", async () => ({ token: "secret", expiresInSeconds: 10 }), tooShort],
      ["a bare string", (async () => "secret") as unknown as Failure, "no token"],
      ["undefined", (async () => undefined) as unknown as Failure, "no token"],
    ])("is reported, and the valid token stays: %s", async (_, answer, problem) => {
      vi.spyOn(Math, "random").mockReturnValue(0);
      const first = await refresher.getToken();
      endpoint.outage = answer;
      await pass(58 * minute);
      expect(endpoint.calls.length).toBeGreaterThan(8);
      expect(failures).toHaveLength(endpoint.calls.length - 1);
      expect(failures[0]).toBeInstanceOf(Error);
      expect(JSON.stringify(failures[0])).not.toMatch(/secret|</);
      expect(failures[0]?.message).toBe(`The token endpoint returned ${problem}`);
      expect(await refresher.getToken()).toEqual(first);
      endpoint.outage = undefined;
      await pass(90 * second);
      expect((await refresher.getToken()).token).not.toBe(first.token);
    });
  });

  it("says which status the endpoint gave, and at which address, but not its query", async () => {
    for (const [value, source] of [
      ["https://app.example/api/token?code=secret#part", "https://app.example/api/token"],
      ["https://app.example/api/token#secret", "https://app.example/api/token"],
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
      await pass(30 * second - 1);
      expect([endpoint.signals[0]?.aborted, failures.length]).toEqual([false, 0]);
      await pass(1);
      expect(endpoint.signals[0]?.aborted).toBe(true);
      expect(failures.map(({ message }) => message)).toEqual(["The token endpoint timed out"]);
      await pass(3 * minute);
      expect(asked.map(({ error }) => error)).toEqual([failures[4], failures[4]]);
      endpoint.outage = undefined;
      await pass(2 * minute);
      expect((await refresher.getToken()).token).toBe(tokens[0]?.token);
    });

    it("is over after 30 seconds, and a token that it brings later is ignored", async () => {
      const answerLate = endpoint.holdNext();
      const asked = watch(refresher.getToken());
      await pass(40 * second);
      expect(asked.value?.token).toBe(tokens[0]?.token);
      answerLate({ token: "late", expiresInSeconds: 3600 });
      await pass(second);
      expect((await refresher.getToken()).token).toBe(asked.value?.token);
      expect(tokens).toHaveLength(1);
    });
  });

  describe("after a failure", () => {
    const seconds = [1, 2, 4, 8, 16, 32, 60, 60];
    const minutes = [60, 120, 240, 480, 900, 900];
    const refused = refusal(404);
    it.each<[string, Failure, number[]]>([
      ["a lost connection", rejection(), seconds],
      ["a 500", refusal(500), seconds],
      ["a 429 without Retry-After", refusal(429), seconds],
      ["a 404, for who keeps asking", refused, minutes],
    ])("the pauses double, and their jitter is up to a half: %s", async (_, outage, pauses) => {
      endpoint.outage = outage;
      for (const [random, factor] of [
        [0, 1],
        [1, 1.5],
      ] as const) {
        vi.spyOn(Math, "random").mockReturnValue(random);
        refresher.retry();
        await pass(0);
        const start = endpoint.calls.length - 1;
        while (endpoint.calls.length <= start + pauses.length) {
          if (outage === refused) watch(refresher.getToken());
          await pass(10 * second);
        }
        const calls = endpoint.calls.slice(start, start + pauses.length + 1);
        const seen = calls.slice(1).map((call, index) => (call - (calls[index] ?? 0)) / second);
        expect(seen).toEqual(pauses.map((pause) => pause * factor));
      }
    });

    it("the pause is a minute while a token is valid for 5 minutes or more", async () => {
      vi.spyOn(Math, "random").mockReturnValue(0);
      for (const [lifetime, pause] of [
        [hour, minute],
        [20 * minute, minute],
        [20 * minute - second, second],
      ] as const) {
        endpoint.lifetime = lifetime;
        endpoint.outage = undefined;
        refresher.retry();
        await refresher.getToken();
        endpoint.outage = rejection();
        const start = endpoint.calls.length;
        await pass(lifetime);
        expect((endpoint.calls[start + 1] ?? 0) - (endpoint.calls[start] ?? 0)).toBe(pause);
      }
    });

    it("getToken waits if the next attempt is due within 15 seconds, and rejects otherwise", async () => {
      vi.spyOn(Math, "random").mockReturnValue(0);
      for (const [delay, isWaiting] of [
        ["15", true],
        ["16", false],
      ] as const) {
        restart({});
        endpoint.failures.push(refusal(503, { "Retry-After": delay }));
        const asked = watch(refresher.getToken());
        await pass(0);
        expect(!asked.error).toBe(isWaiting);
      }
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

  describe("a status", () => {
    it.each([400, 401, 403, 404, 405, 407, 409, 410, 415, 422, 424, 426, 428, 451, 499])(
      "of %d is final at once",
      async (status) => {
        endpoint.outage = refusal(status);
        await expect(refresher.getToken()).rejects.toMatchObject({ status });
        expect(vi.getTimerCount()).toBe(0);
        await pass(hour);
        expect(endpoint.calls).toHaveLength(1);
      },
    );

    it.each([302, 399, 408, 425, 429, 500, 503])("of %d isn't final", async (status) => {
      endpoint.failures.push(refusal(status));
      const asked = watch(refresher.getToken());
      await pass(2 * second);
      expect(asked.value?.token).toBeDefined();
    });
  });

  describe("whatever fetchToken rejects with", () => {
    const fail = () => expect.fail("a getter");
    const down = (status: unknown) => Object.assign(new Error("down"), { status });
    const hostile = Object.assign(new Error("hostile"), { retryAfterInMs: Number.NaN });
    Object.defineProperty(hostile, "status", { get: fail });
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
      ["a status of four digits", down(4040)],
      ["another status of four digits", down(1404)],
      ["a status that is a BigInt", down(503n)],
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
      ["an object whose getter throws", Object.defineProperty({}, "token", { get: fail })],
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
    const throwIt = () => {
      throw thrown;
    };
    it.each<[string, () => unknown]>([
      ["throws", throwIt],
      ["rejects", () => Promise.reject(thrown)],
      ["never settles", () => new Promise(() => {})],
    ])("that %s doesn't end the refresher, and what it throws is on the console", async (name, callback) => {
      const log = vi.spyOn(console, "error").mockReturnValue();
      restart({ onToken: callback as () => void, onFailure: callback as () => void });
      endpoint.failures.push(rejection());
      const asked = watch(refresher.getToken());
      await pass(2 * second);
      expect(asked.value?.token).toBeDefined();
      expect(log.mock.calls).toEqual(name === "never settles" ? [] : [[thrown], [thrown]]);
      await pass(hour);
      expect(endpoint.calls.length).toBeGreaterThan(2);
    });

    it("may be left out", async () => {
      const log = vi.spyOn(console, "error");
      restart({});
      endpoint.failures.push(rejection());
      watch(refresher.getToken());
      await pass(2 * second);
      expect(endpoint.calls).toHaveLength(2);
      expect(log).not.toHaveBeenCalled();
    });
  });

  describe("in an outage", () => {
    it("returns the old token until it expires, and then rejects with that of an attempt for who asks", async () => {
      vi.spyOn(Math, "random").mockReturnValue(0);
      const first = await refresher.getToken();
      endpoint.outage = refusal(503);
      await pass(59.5 * minute);
      expect(await refresher.getToken()).toEqual(first);
      await pass(minute);
      const late = watch(refresher.getToken());
      await pass(5 * second);
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

    describe.each([
      ["nobody waits", false],
      ["the credential waits", true],
    ])("of ten minutes, while %s", (_, isCredentialWaiting) => {
      async function sitThrough(outage: Failure): Promise<void> {
        vi.spyOn(Math, "random").mockReturnValue(0);
        await refresher.getToken();
        endpoint.outage = outage;
        await pass(hour - 5 * minute);
        if (isCredentialWaiting) watch(refresher.tokenRefresher());
        await pass(5 * minute + second);
        if (isCredentialWaiting) watch(refresher.tokenRefresher());
        await pass(5 * minute);
      }

      it("a thousand who ask get a token at once when it is over, from one attempt", async () => {
        await sitThrough(refusal(503));
        await pass(20 * second);
        endpoint.outage = undefined;
        const before = endpoint.calls.length;
        const asked = Array.from({ length: 1000 }, () => watch(refresher.getToken()));
        await pass(0);
        expect(endpoint.calls).toHaveLength(before + 1);
        expect(asked.map(({ value }) => value)).toEqual(asked.map(() => tokens.at(-1)));
      });

      it("who asks again and again makes one attempt in 5 seconds, and gets its error", async () => {
        await sitThrough(rejection());
        const before = endpoint.calls.length;
        const asked: ReturnType<typeof watch>[] = [];
        for (let seconds = 0; seconds < 30; seconds++) {
          asked.push(watch(refresher.getToken()));
          await pass(second);
        }
        expect(endpoint.calls.length - before).toBeLessThanOrEqual(7);
        expect(endpoint.calls.length - before).toBeGreaterThanOrEqual(5);
        await pass(5 * second);
        expect(asked.every(({ error }) => failures.slice(-7).includes(error as never))).toBe(true);
      });

      it("an hour that the endpoint asks for is respected", async () => {
        await sitThrough(refusal(503, { "Retry-After": "3600" }));
        const before = endpoint.calls.length;
        await expect(refresher.getToken()).rejects.toBe(failures.at(-1));
        expect(endpoint.calls).toHaveLength(before);
      });
    });

    it("of 23 seconds, getToken waits", async () => {
      endpoint.failures.push(rejection(), refusal(502), refusal(429), rejection());
      const asked = watch(refresher.getToken());
      await pass(23 * second);
      expect(asked.value?.token).toBe(tokens[0]?.token);
      expect(endpoint.calls).toHaveLength(5);
    });
  });

  describe("what the endpoint asks for", () => {
    const byDate = {
      "Retry-After": "Thu, 01 Jan 2026 09:02:00 GMT",
      Date: "Thu, 01 Jan 2026 09:00:00 GMT",
    };
    const unreadable = ["soon", "0", "-5", "1,5", "1e999", "", "Infinity", "Mon, 99 Jan 2026 00:00:00 GMT"];
    const notDelays = [0, -5, Number.NaN, Number.POSITIVE_INFINITY, "5000", new Date(Number.NaN), null, 90n];
    it.each<[string, Failure, number]>([
      ["Retry-After in seconds", refusal(429, { "Retry-After": "100" }), 100 * second],
      ["Retry-After as a date by the server's clock", refusal(503, byDate), 120 * second],
      ["retryAfterInMs of an error", rejection({ status: 429, retryAfterInMs: 90_000 }), 90 * second],
      ["an hour", refusal(503, { "Retry-After": "3600" }), hour],
      ["more than an hour", refusal(503, { "Retry-After": "1000000" }), hour],
      ["a longer pause with 401", refusal(401, { "Retry-After": "600" }), 600 * second],
      ["a clock's limit", refusal(503, { "Retry-After": "2147483647" }), hour],
      ...unreadable.map((text): [string, Failure, number] => [
        `the normal backoff instead of "${text}"`,
        refusal(503, { "Retry-After": text }),
        second,
      ]),
      ...notDelays.map((value): [string, Failure, number] => [
        `the normal backoff instead of retryAfterInMs ${String(value)} (${typeof value})`,
        rejection({ retryAfterInMs: value as number }),
        second,
      ]),
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
      await pass(100 * second - 1);
      expect(endpoint.calls).toHaveLength(1);
      await pass(1);
      expect(endpoint.calls).toHaveLength(2);
    });
  });
}
