import { beforeEach, describe, expect, it, vi } from "vitest";
import { hour, minute, pass, refusal, rejection, second } from "../../../helpers/refresher/endpoint.js";
import { endpoint, failures, refresher, restart, watch } from "../../../helpers/refresher/lab.js";

/** Pages that are hidden or in the background, become visible or go online. */
export function pageCases(): void {
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
      restart({ onFailure: (error) => failures.push(error) });
    });

    it("that becomes visible after a sleep fetches a token at once", async () => {
      await refresher.getToken();
      await pass(minute);
      vi.setSystemTime(Date.now() + 3 * hour);
      send("visibilitychange");
      await pass(0);
      expect(endpoint.calls).toHaveLength(2);
    });

    it("that stays hidden spreads its call over a minute, but only if it is 2 minutes late after a sleep", async () => {
      vi.spyOn(Math, "random").mockReturnValue(0.5);
      await refresher.getToken();
      send("visibilitychange", true);
      await pass(41.5 * minute);
      vi.setSystemTime(Date.now() + 2 * minute);
      await pass(30 * second);
      expect(endpoint.calls).toHaveLength(2);
      vi.setSystemTime(Date.now() + 3 * hour);
      await pass(minute - 1);
      expect(endpoint.calls).toHaveLength(2);
      await pass(1);
      expect(endpoint.calls).toHaveLength(3);
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
      "fetches nothing on %s while all is well, even after a failure that is over",
      async (event) => {
        endpoint.failures.push(rejection());
        watch(refresher.getToken());
        await pass(minute);
        send(event);
        await pass(0);
        expect(endpoint.calls).toHaveLength(2);
      },
    );

    it.each(["online", "visibilitychange"] as const)(
      "fetches sooner on %s after a failure if it is visible, but at most every 5 seconds",
      async (event) => {
        await refresher.getToken();
        endpoint.outage = rejection();
        await pass(50 * minute);
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
        expect(endpoint.calls.length).toBeLessThanOrEqual(before + 7);
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
}
