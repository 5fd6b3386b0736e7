// Thirty tabs of one user: how many calls reach the endpoint, and how many of them at once.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTokenRefresher, type TokenRefresher } from "../../../src/refresher/index.js";
import {
  Endpoint,
  type Failure,
  hour,
  minute,
  pass,
  refusal,
  rejection,
  second,
} from "../../helpers/refresher/endpoint.js";

const tabs = 30;

describe("thirty tabs", () => {
  let endpoint: Endpoint;
  let refreshers: TokenRefresher[];

  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-01-01T00:00:00Z") });
    // The same jitter in each run, from a generator of Lehmer's kind.
    let state = 1;
    vi.spyOn(Math, "random").mockImplementation(() => {
      state = (state * 48_271) % 0x7fff_ffff;
      return state / 0x7fff_ffff;
    });
    endpoint = new Endpoint();
    refreshers = Array.from({ length: tabs }, () =>
      createTokenRefresher({ fetchToken: endpoint.fetchToken }),
    );
  });

  afterEach(() => {
    for (const refresher of refreshers) refresher.stop();
    vi.useRealTimers();
  });

  /** All tabs get their first token in the same second, as when a browser restores its session. */
  async function open(): Promise<void> {
    await Promise.all(refreshers.map((refresher) => refresher.getToken()));
  }

  /** Returns the highest number of calls within any window of that length, without the first ones of all tabs. */
  function peak(window: number): number {
    const calls = endpoint.calls.slice(tabs);
    let start = 0;
    const counts = calls.map((call, index) => {
      while ((calls[start] ?? call) <= call - window) start++;
      return index - start + 1;
    });
    return Math.max(...counts);
  }

  it("refresh at different times: each round spreads over more than a minute", async () => {
    await open();
    await pass(hour);
    const [first = 0] = endpoint.calls.slice(tabs);
    expect((endpoint.calls.slice(tabs, 2 * tabs).at(-1) ?? 0) - first).toBeGreaterThan(5 * minute);
    await pass(2 * hour);
    expect(endpoint.calls.length).toBeLessThanOrEqual(6 * tabs);
    expect(peak(minute)).toBeLessThanOrEqual(10);
    expect(peak(second)).toBeLessThanOrEqual(3);
  });

  it("of tokens for 4 minutes spread over a minute, too", async () => {
    endpoint.lifetime = 4 * minute;
    await open();
    await pass(3.5 * minute);
    const round = endpoint.calls.slice(tabs, 2 * tabs);
    expect((round.at(-1) ?? 0) - (round[0] ?? 0)).toBeGreaterThan(0.8 * minute);
    expect(peak(second)).toBeLessThanOrEqual(4);
  });

  it.each<[string, Failure]>([
    ["an outage", rejection()],
    ["throttling", refusal(429, { "Retry-After": "20" })],
  ])("make at most one call a minute each in %s", async (_, failure) => {
    await open();
    endpoint.outage = failure;
    await pass(hour + minute);
    expect(endpoint.calls.length).toBeLessThanOrEqual(tabs * 30);
    expect(peak(minute)).toBeLessThanOrEqual(tabs);
    expect(peak(second)).toBeLessThanOrEqual(6);
  });
});
