import { describe, expect, it } from "vitest";
import { alice, type StoreLab } from "../storeLab.js";

export function permits(lab: StoreLab): void {
  describe("permits", () => {
    const isGranted = (wait: number | undefined) => wait === undefined;

    it("are limited for all instances together", async () => {
      const stores = [lab.store, ...(await lab.openAgain(2))];
      const limit = { key: "a", calls: 50, atOnce: 25, perSeconds: 3_600 };
      const waits = await Promise.all(
        Array.from({ length: 120 }, (_, index) => (stores[index % 3] ?? lab.store).permits.take(limit)),
      );
      expect(waits.filter(isGranted)).toHaveLength(25);
      // 25 calls at once leave 26 intervals. A call that waited for others reads the time from before them, and may say less.
      for (const wait of waits.filter((each) => each !== undefined)) {
        expect(wait).toBeLessThanOrEqual(139);
        expect(wait).toBeGreaterThanOrEqual(1);
      }
      expect(await lab.store.permits.take(limit)).toBeGreaterThan(100);
      expect(await lab.store.permits.take({ ...limit, key: "b" }), "another key").toBeUndefined();
      await Promise.all(stores.slice(1).map((each) => each.close()));
    });
  });

  describe("admission", () => {
    it("takes a permit, and returns the caller's current user, in one round trip", async () => {
      const limit = { key: "alice", calls: 3, atOnce: 2, perSeconds: 3_600 };
      expect(await lab.store.permits.admit(alice, limit)).toEqual({
        waitInSeconds: undefined,
        user: undefined,
        isOffboarded: false,
      });
      const { id } = await lab.create("8:acs:1");
      const user = { id, state: "current", acsUserId: "8:acs:1" };
      expect(await lab.store.permits.admit(alice, limit)).toEqual({
        waitInSeconds: undefined,
        user,
        isOffboarded: false,
      });
      const { waitInSeconds } = await lab.store.permits.admit(alice, limit);
      expect(waitInSeconds).toBeGreaterThan(1_500);
      expect(waitInSeconds).toBeLessThanOrEqual(1_800);
    });
  });
}
