import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../src/store/store.js";

const alice = { issuer: "https://login.contoso.com", subject: "alice" };
const bob = { issuer: "https://login.contoso.com", subject: "bob" };
const unfinished = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };

/**
 * Describes what every store does.
 * @param open - Opens an empty database, or with `again` the one that was opened last.
 */
export function describeStore(open: (options?: { readonly again: boolean }) => Store): void {
  let store: Store;
  beforeEach(async () => {
    store = open();
    await store.migrate();
  });
  afterEach(() => store.close());

  /** Begins and settles a creation. */
  async function create(acsUserId: string, caller = alice) {
    const id = randomUUID();
    await store.begin(id, caller);
    return { id, state: await store.settle(id, caller, acsUserId) };
  }

  describe("migrations", () => {
    it("run once, even if several instances start at the same time", async () => {
      await create("8:acs:1");
      const others = [open({ again: true }), open({ again: true }), open({ again: true })];
      await Promise.all(others.map((other) => other.migrate()));
      expect((await others[0]?.findCurrent(alice))?.acsUserId).toBe("8:acs:1");
      await Promise.all(others.map((other) => other.close()));
    });
  });

  describe("the binding", () => {
    it("stays with the first endpoint", async () => {
      expect(await store.bind("https://one.example")).toBe("https://one.example");
      expect(await store.bind("https://two.example")).toBe("https://one.example");
    });
  });

  describe("a creation", () => {
    it("is in the ledger before ACS answers, but isn't the current user yet", async () => {
      await store.begin(randomUUID(), alice);
      expect(await store.countByState()).toEqual({ ...unfinished, creating: 1 });
      expect(await store.findCurrent(alice)).toBeUndefined();
    });

    it("gives the caller a current user", async () => {
      const { id, state } = await create("8:acs:1");
      expect(state).toBe("current");
      expect(await store.findCurrent(alice)).toEqual({
        id,
        caller: alice,
        state: "current",
        acsUserId: "8:acs:1",
      });
      expect(await store.findCurrent(bob)).toBeUndefined();
      expect(await store.findCurrent({ ...alice, issuer: "https://other.example" })).toBeUndefined();
    });

    it("makes one of many concurrent users current, and keeps the others as surplus", async () => {
      const stores = [store, ...Array.from({ length: 3 }, () => open({ again: true }))];
      const states = await Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          const each = stores[index % stores.length] ?? store;
          const id = randomUUID();
          await each.begin(id, alice);
          return each.settle(id, alice, `8:acs:${index}`);
        }),
      );
      expect(states.filter((state) => state === "current")).toHaveLength(1);
      expect(await store.countByState()).toEqual({ ...unfinished, current: 1, surplus: 39 });
      await Promise.all(stores.slice(1).map((each) => each.close()));
    });

    it("becomes surplus if it was claimed or forgotten in the meantime", async () => {
      const [claimed, forgotten] = [randomUUID(), randomUUID()];
      await store.begin(claimed, alice);
      await store.claimUnfinished(0, 10);
      expect(await store.settle(claimed, alice, "8:acs:1")).toBe("surplus");
      await store.begin(forgotten, alice);
      await store.forget(forgotten);
      expect(await store.settle(forgotten, alice, "8:acs:2")).toBe("surplus");
      expect(await store.countByState()).toEqual({ ...unfinished, surplus: 2 });
    });

    it("can be resumed, and keeps its state if it is settled again", async () => {
      const id = randomUUID();
      expect(await store.resume(alice)).toBeUndefined();
      await store.begin(id, alice);
      expect(await store.resume(bob)).toBeUndefined();
      expect(await store.resume(alice)).toBe(id);
      expect(await store.settle(id, alice, "8:acs:1")).toBe("current");
      expect(await store.settle(id, alice, "8:acs:1"), "the same answer again").toBe("current");
      expect(await store.resume(alice)).toBeUndefined();
      await store.startDeletion(alice);
      expect(await store.settle(id, alice, "8:acs:1"), "and again, too late").toBe("deleting");
    });

    it("isn't claimed right after it was resumed", async () => {
      await store.begin(randomUUID(), alice);
      await sleep(1_100);
      await store.resume(alice);
      expect(await store.claimUnfinished(1, 10)).toEqual([]);
    });

    it("that ACS never answered is kept without its caller", async () => {
      const id = randomUUID();
      await store.begin(id, alice);
      await store.markUnanswered(id);
      expect(await store.countByState()).toEqual({ ...unfinished, unanswered: 1 });
      expect(await store.claimUnfinished(0, 10)).toEqual([]);
      expect(await store.settle(id, alice, "8:acs:1"), "an answer after all").toBe("surplus");
    });
  });

  describe("a deletion", () => {
    it("removes the current user at once, and can be claimed until it is forgotten", async () => {
      const { id } = await create("8:acs:1");
      const entry = { id, caller: alice, state: "deleting", acsUserId: "8:acs:1" };
      expect(await store.startDeletion(alice)).toEqual([entry]);
      expect(await store.findCurrent(alice)).toBeUndefined();
      expect((await create("8:acs:2")).state, "a new sign-in").toBe("current");
      expect(await store.claimUnfinished(0, 10)).toEqual([entry]);
      await store.forget(id);
      expect(await store.countByState()).toEqual({ ...unfinished, current: 1 });
    });

    it("does nothing for a caller without a user", async () => {
      expect(await store.startDeletion(alice)).toEqual([]);
    });
  });

  describe("claiming", () => {
    it("skips recent and current entries", async () => {
      await store.begin(randomUUID(), alice);
      await create("8:acs:1", bob);
      expect(await store.claimUnfinished(60, 10)).toEqual([]);
      expect(await store.countByState()).toEqual({ ...unfinished, creating: 1, current: 1 });
    });

    it("gives each entry to only one instance", async () => {
      for (let index = 0; index < 20; index++) await store.begin(randomUUID(), alice);
      await sleep(1_100);
      const stores = Array.from({ length: 4 }, () => open({ again: true }));
      const claims = await Promise.all(
        Array.from({ length: 40 }, (_, index) => stores[index % 4]?.claimUnfinished(1, 1)),
      );
      const ids = claims.flatMap((claim = []) => claim.map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);
      const rest = await store.claimUnfinished(1, 100);
      expect(ids.length + rest.length).toBe(20);
      await Promise.all(stores.map((each) => each.close()));
    });
  });

  describe("permits", () => {
    it("are limited for all instances together", async () => {
      const stores = [store, ...Array.from({ length: 2 }, () => open({ again: true }))];
      const limit = { calls: 50, perSeconds: 30 };
      const permits = await Promise.all(
        Array.from({ length: 120 }, (_, index) => stores[index % 3]?.takePermit("a", limit)),
      );
      const granted = permits.flatMap((permit) => (permit?.isGranted ? [permit.left] : []));
      expect(granted.toSorted((one, other) => one - other)).toEqual(
        Array.from({ length: 50 }, (_, left) => left),
      );
      for (const permit of permits) {
        if (permit?.isGranted === false) expect(permit.retryAfterInSeconds).toBeOneOf([28, 29, 30]);
      }
      expect(await store.takePermit("b", limit)).toEqual({ isGranted: true, left: 49 });
      await Promise.all(stores.slice(1).map((each) => each.close()));
    });

    it("become available again once the window has passed, and not before", async () => {
      const limit = { calls: 2, perSeconds: 2 };
      const start = Date.now();
      const taken: number[] = [];
      while (Date.now() - start < 5_000) {
        if ((await store.takePermit("a", limit)).isGranted) taken.push(Date.now());
        await sleep(20);
      }
      expect(taken.length).toBeGreaterThanOrEqual(4);
      for (const [index, time] of taken.entries()) {
        expect((taken[index + 2] ?? Number.POSITIVE_INFINITY) - time).toBeGreaterThan(950);
      }
    });
  });

  describe("a closed store", () => {
    it("rejects with a StoreError", async () => {
      const other = open({ again: true });
      await other.close();
      await expect(other.ping()).rejects.toThrow(/The database failed/);
    });
  });
}
