import { describe, expect, it, vi } from "vitest";
import {
  type Endpoint,
  hour,
  minute,
  pass,
  rejection,
  responseOf,
  second,
} from "../../../helpers/refresher/endpoint.js";
import { endpoint, failures, refresher, tokens, watch } from "../../../helpers/refresher/lab.js";

/** Devices that sleep, and clocks that are wrong. */
export function sleepCases(): void {
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

    it("returns no token after its expiresOn, however short the sleeps", async () => {
      const { expiresOnTimestamp } = await refresher.getToken();
      endpoint.outage = rejection();
      for (let count = 0; count < 10; count++) {
        await pass(second);
        vi.setSystemTime(Date.now() + 99);
      }
      await pass(expiresOnTimestamp - Date.now());
      const asked = watch(refresher.getToken());
      await pass(0);
      expect(asked.value).toBeUndefined();
    });

    it("uses no token that expired before its response was read", async () => {
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

  describe.each([-26, -2, 2, 26])("on a device whose clock is wrong by %d hours", (hours) => {
    const expiresInSeconds = hour / second;
    it.each<[string, (endpoint: Endpoint) => Endpoint["answer"]]>([
      ["expiresInSeconds", () => (token) => ({ token, expiresInSeconds })],
      [
        "expiresInSeconds beside expiresOn",
        () => (token, expiresOn) => Response.json({ token, expiresOn, expiresInSeconds }),
      ],
      ["the Date of a response", responseOf],
    ])("a token has its expiresOnTimestamp by that clock, from %s", async (_, answerOf) => {
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
}
