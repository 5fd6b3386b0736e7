import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TokenKeeper } from "../client/tokenKeeper.js";

const minute = 60_000;
const start = Date.parse("2026-01-01T00:00:00Z");

describe("tokenKeeper", () => {
  let calls: number;
  /** What the service answers instead of tokens, in this order. */
  let failures: (Response | Error)[];
  let serverAhead: number;
  let keeper: TokenKeeper;
  let seen: { tokens: string[]; failures: string[] };

  beforeEach(() => {
    vi.useFakeTimers({ now: start });
    vi.spyOn(Math, "random").mockReturnValue(0);
    calls = 0;
    failures = [];
    serverAhead = 0;
    seen = { tokens: [], failures: [] };
    keeper = new TokenKeeper({
      fetchToken: async () => {
        calls++;
        const failure = failures.shift();
        if (failure instanceof Error) throw failure;
        return failure ?? answer(60);
      },
      onToken: ({ token }) => seen.tokens.push(token),
      onFailure: ({ message }) => seen.failures.push(message),
    });
  });
  afterEach(() => {
    keeper.stop();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  /** Returns an opaque token. */
  function answer(minutes: number): Response {
    const now = Date.now() + serverAhead;
    const expiresOn = new Date(now + minutes * minute).toISOString();
    return Response.json(
      { token: `opaque ${calls}`, expiresOn },
      { headers: { Date: new Date(now).toUTCString() } },
    );
  }

  function refusal(status: number, headers: Record<string, string> = {}): Response {
    return Response.json({ detail: `Refused with ${status}.` }, { status, headers });
  }

  it("shares one request among concurrent calls", async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => keeper.getToken()));
    expect(new Set(tokens.map(({ token }) => token))).toEqual(new Set(["opaque 1"]));
    expect((await keeper.getToken()).token).toBe("opaque 1");
    expect(calls).toBe(1);
  });

  it("refreshes the token by itself, 15 minutes before it expires", async () => {
    await keeper.getToken();
    await vi.advanceTimersByTimeAsync(44.5 * minute);
    expect(calls).toBe(1);
    await vi.advanceTimersByTimeAsync(minute);
    expect(seen.tokens).toEqual(["opaque 1", "opaque 2"]);
    keeper.stop();
    await vi.advanceTimersByTimeAsync(200 * minute);
    expect(calls, "none after stop").toBe(2);
  });

  it("uses the server's clock", async () => {
    serverAhead = -26 * 60 * minute;
    await keeper.getToken();
    await vi.advanceTimersByTimeAsync(44 * minute);
    expect(calls).toBe(1);
  });

  it("retries with backoff, and honors Retry-After", async () => {
    failures = [
      new TypeError("fetch failed"),
      refusal(503, { "Retry-After": "20" }),
      refusal(429),
      refusal(500),
    ];
    const token = keeper.getToken();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(calls).toBe(2);
    await vi.advanceTimersByTimeAsync(19_900);
    expect(calls).toBe(2);
    await vi.advanceTimersByTimeAsync(100 + 4_000 + 8_000);
    expect((await token).token).toBe("opaque 5");
    expect(seen.failures).toEqual([
      "fetch failed",
      "Refused with 503.",
      "Refused with 429.",
      "Refused with 500.",
    ]);
  });

  it("doesn't retry a 403", async () => {
    failures = [refusal(403)];
    await expect(keeper.getToken()).rejects.toThrow("Refused with 403.");
    expect(calls).toBe(1);
    expect((await keeper.getToken()).token).toBe("opaque 2");
  });

  it("returns the old token until it expires if it can't get a new one", async () => {
    await keeper.getToken();
    await vi.advanceTimersByTimeAsync(44 * minute);
    failures = Array.from({ length: 1000 }, () => refusal(503));
    await vi.advanceTimersByTimeAsync(10 * minute);
    expect(calls).toBeGreaterThan(5);
    expect((await keeper.getToken()).token).toBe("opaque 1");
    await vi.advanceTimersByTimeAsync(7 * minute);
    const late = keeper.getToken();
    late.catch(() => {});
    await vi.advanceTimersByTimeAsync(2 * minute);
    await expect(late).rejects.toThrow("Refused with 503.");
  });

  it("provides the tokens of AzureCommunicationTokenCredential", async () => {
    const jwt = () => {
      const claims = { exp: Math.floor(Date.now() / 1000) + 3600, n: calls };
      return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;
    };
    const other = new TokenKeeper({
      fetchToken: async () => {
        calls++;
        return Response.json({ token: jwt(), expiresOn: new Date(Date.now() + 60 * minute).toISOString() });
      },
    });
    const credential = new AzureCommunicationTokenCredential({
      tokenRefresher: other.tokenRefresher,
      refreshProactively: true,
    });
    try {
      const first = await credential.getToken();
      expect(first.token).toBe((await other.getToken()).token);
      await vi.advanceTimersByTimeAsync(52 * minute);
      const second = await credential.getToken();
      expect(second.expiresOnTimestamp).toBeGreaterThan(first.expiresOnTimestamp);
      expect(calls).toBe(2);
    } finally {
      credential.dispose();
      other.stop();
    }
  });
});
