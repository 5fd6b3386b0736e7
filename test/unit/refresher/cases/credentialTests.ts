import type { createTokenRefresher, TokenRefresher } from "acs-identity/refresher";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  Endpoint,
  hour,
  minute,
  pass,
  refusal,
  rejection,
  responseOf,
  second,
} from "../../../helpers/refresher/endpoint.js";

/** What the tests need of `AzureCommunicationTokenCredential`. */
export interface Credential {
  getToken(options?: { abortSignal?: AbortSignal }): Promise<{ token: string; expiresOnTimestamp: number }>;
  dispose(): void;
}

/** Defines the tests with an unmodified `AzureCommunicationTokenCredential`, which renews its token proactively. */
export function credentialTests(
  create: typeof createTokenRefresher,
  createCredential: (refresher: TokenRefresher, refreshProactively: boolean) => Credential,
  /** Whether it takes the expiry from the refresher. Version 2.4 reads it from the token. */
  takesExpiry: boolean,
): void {
  describe("AzureCommunicationTokenCredential with the token refresher", () => {
    let endpoint: Endpoint;
    let refresher: TokenRefresher;
    let credential: Credential;

    beforeEach(() => {
      vi.useFakeTimers({ now: Date.parse("2026-01-01T00:00:00Z") });
      endpoint = new Endpoint();
      refresher = create({ fetchToken: endpoint.fetchToken });
    });

    afterEach(() => {
      credential.dispose();
      refresher.stop();
      vi.useRealTimers();
    });

    /** Gets the first token from the refresher itself, whose rejection the app handles. */
    async function start(refreshProactively = true): Promise<void> {
      await refresher.getToken();
      credential = createCredential(refresher, refreshProactively);
      await pass(0);
    }

    /** Expects a token that is valid by the device's clock, at once and after each step. */
    async function expectTokens(time: number, step: number): Promise<void> {
      for (const end = Date.now() + time; Date.now() < end; await pass(step)) {
        const asked = credential.getToken();
        await pass(0);
        expect((await asked).expiresOnTimestamp).toBeGreaterThan(Date.now());
      }
    }

    it.each([
      ["3 hours of tokens for an hour", hour, 3 * hour, minute],
      ["half an hour of tokens for 4 minutes", 4 * minute, hour / 2, 5 * second],
    ])("has a valid token in each moment of %s", async (_, lifetime, time, step) => {
      endpoint.lifetime = lifetime;
      await start();
      await expectTokens(time, step);
      expect(endpoint.calls.length).toBeLessThanOrEqual(16);
    });

    it("has a valid token after a sleep of three hours", async () => {
      await start();
      vi.setSystemTime(Date.now() + 3 * hour);
      await expectTokens(hour, minute);
    });

    // If a rejection were left unhandled, this run would fail, and so would a Node process.
    it.each([
      ["an outage", rejection()],
      ["an expired sign-in", refusal(401)],
    ])("survives %s of 3 hours without an unhandled rejection, and then has a token", async (_, outage) => {
      await start();
      endpoint.outage = outage;
      await pass(3 * hour);
      const waiting = credential.getToken();
      endpoint.outage = undefined;
      await pass(16 * minute * 1.5);
      expect((await waiting).expiresOnTimestamp).toBeGreaterThan(Date.now());
      await expectTokens(2 * hour, minute);
    });

    it("gives the other callers a token if one of them aborts", async () => {
      endpoint.failures.push(rejection());
      refresher.getToken().catch(() => {});
      credential = createCredential(refresher, true);
      const caller = new AbortController();
      const [one, two] = [credential.getToken({ abortSignal: caller.signal }), credential.getToken()];
      one.catch(() => {});
      caller.abort();
      await pass(2 * second);
      expect((await two).expiresOnTimestamp).toBeGreaterThan(Date.now());
    });

    const wrongClocks = [-26, -2, 2, 26];
    if (takesExpiry) {
      it.each(wrongClocks)("has valid tokens on a device whose clock is wrong by %d hours", async (hours) => {
        endpoint.ahead = -hours * hour;
        endpoint.answer = responseOf(endpoint);
        await start();
        await expectTokens(3 * hour, minute);
        expect(endpoint.calls.length).toBeLessThanOrEqual(6);
      });

      it("renews tokens that can't be decoded, by the refresher's expiresOnTimestamp", async () => {
        endpoint.answer = () => ({ token: "encrypted", expiresInSeconds: 3600 });
        await start();
        await expectTokens(2 * hour, minute);
        expect(endpoint.calls.length).toBeLessThanOrEqual(4);
      });
    } else {
      it("can't use tokens on a device whose clock is ahead, or that it can't decode", async () => {
        endpoint.ahead = -2 * hour;
        await start(false);
        await expect(credential.getToken()).rejects.toThrow(
          "The token returned from the tokenRefresher is expired.",
        );
        credential.dispose();
        endpoint.answer = () => ({ token: "encrypted", expiresInSeconds: 3600 });
        refresher.retry();
        await start(false);
        await expect(credential.getToken()).rejects.toThrow();
      });
    }
  });
}
