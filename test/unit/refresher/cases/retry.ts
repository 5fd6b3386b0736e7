import { describe, expect, it } from "vitest";
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

/** `retry()`: the user has signed in again, or the token has been revoked. */
export function retryCases(): void {
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

    it("fetches at once after a final status, and tokens are renewed again", async () => {
      endpoint.failures.push(refusal(404));
      await expect(refresher.getToken()).rejects.toMatchObject({ status: 404 });
      refresher.retry();
      await pass(0);
      expect(endpoint.calls).toHaveLength(2);
      expect((await refresher.getToken()).token).toBe(tokens[0]?.token);
      await pass(hour);
      expect(endpoint.calls.length).toBeGreaterThan(2);
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
      ["return the old one after a timeout", neverAnswers, { value: {} }],
      ["return the old one after a lost connection", rejection(), { value: {} }],
      ["return the old one after a 503", refusal(503), { value: {} }],
      ["reject after a 401", refusal(401), { error: { status: 401 } }],
      ["reject after a 404", refusal(404), { error: { status: 404 } }],
    ])("makes getToken wait for the new token, and %s", async (_, answer, seen) => {
      const first = await refresher.getToken();
      endpoint.failures.push(answer);
      refresher.retry();
      const asked = watch(refresher.getToken());
      expect(asked).toEqual({});
      await pass(30 * second);
      expect(asked).toMatchObject(seen);
      if (asked.value) expect(asked.value).toEqual(first);
      else await expect(refresher.getToken()).rejects.toBe(asked.error);
    });

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
      await pass(4 * second - 1);
      expect(asked).toEqual({});
      await pass(1);
      expect(asked.value).toEqual(tokens.at(-1));
      expect(endpoint.calls.at(-1)).toBe(Date.now());
    });

    it.each(["onToken", "onFailure"])(
      "doesn't fetch faster if each call of %s is a retry()",
      async (name) => {
        if (name === "onFailure") endpoint.outage = refusal(404);
        const eager = restart({ [name]: () => eager.retry() });
        watch(eager.getToken());
        await pass(minute);
        expect(endpoint.calls.length).toBeGreaterThan(10);
        expect(endpoint.calls.length).toBeLessThanOrEqual(1 + 13);
      },
    );

    it("rejects getToken if the endpoint wants to wait for longer", async () => {
      await refresher.getToken();
      endpoint.failures.push(refusal(503, { "Retry-After": "600" }));
      refresher.retry();
      await pass(0);
      refresher.retry();
      await expect(refresher.getToken()).rejects.toMatchObject({ status: 503, retryAfterInMs: 600_000 });
    });
  });
}
