import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../src/store/database.js";
import { Store } from "../../src/store/store.js";

const alice = { issuer: "https://login.contoso.com", subject: "alice" };
const bob = { issuer: "https://login.contoso.com", subject: "bob" };
const unfinished = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };

/**
 * Describes what the store does on every kind of database.
 * @param openDatabase - Opens an empty database, or with `again` the one that was opened last.
 */
export function describeStore(
  openDatabase: (options?: { readonly again: boolean }) => Promise<Database>,
): void {
  let store: Store;
  const open = async (options?: { readonly again: boolean }) => new Store(await openDatabase(options));
  const openAgain = (count: number) =>
    Promise.all(Array.from({ length: count }, () => open({ again: true })));
  beforeEach(async () => {
    store = await open();
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
    it("are required", async () => {
      await store.checkSchema();
      const empty = await open();
      await expect(empty.checkSchema()).rejects.toThrow(/The database failed/);
      await empty.close();
    });

    it("run once, even if several instances start at the same time", async () => {
      await create("8:acs:1");
      const others = await openAgain(3);
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
      expect(await store.findCurrent(alice)).toEqual({ id, state: "current", acsUserId: "8:acs:1" });
      expect(await store.findCurrent(bob)).toBeUndefined();
      expect(await store.findCurrent({ ...alice, issuer: "https://other.example" })).toBeUndefined();
    });

    it("makes one of many concurrent users current, and keeps the others as surplus", async () => {
      const stores = [store, ...(await openAgain(3))];
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

    it("becomes surplus if it was given up or lost in the meantime", async () => {
      const [givenUp, lost] = [randomUUID(), randomUUID()];
      await store.begin(givenUp, alice);
      expect(await store.giveUpCreations(0)).toEqual([givenUp]);
      expect(await store.settle(givenUp, alice, "8:acs:1")).toBe("surplus");
      await store.begin(lost, alice);
      await store.forget(lost);
      expect(await store.settle(lost, alice, "8:acs:2")).toBe("surplus");
      expect(await store.countByState()).toEqual({ ...unfinished, surplus: 2 });
    });

    it("keeps its state if it is settled again", async () => {
      const { id, state } = await create("8:acs:1");
      expect(state).toBe("current");
      expect(await store.settle(id, alice, "8:acs:1"), "the same answer again").toBe("current");
      await store.startDeletion(alice, 10);
      expect(await store.settle(id, alice, "8:acs:1"), "and again, too late").toBe("deleting");
    });

    it("that ACS never answered is kept without its caller", async () => {
      const id = randomUUID();
      await store.begin(id, alice);
      await store.markUnanswered(id);
      expect(await store.countByState()).toEqual({ ...unfinished, unanswered: 1 });
      expect(await store.giveUpCreations(0)).toEqual([]);
      expect(await store.settle(id, alice, "8:acs:1"), "an answer after all").toBe("surplus");
      await store.markUnanswered(id);
      expect(await store.countByState(), "a user with an id is never unanswered").toEqual({
        ...unfinished,
        surplus: 1,
      });
    });
  });

  describe("a deletion", () => {
    it("removes the current user at once, and can be claimed until it is forgotten", async () => {
      const { id } = await create("8:acs:1");
      const user = { id, state: "deleting", acsUserId: "8:acs:1" };
      expect(await store.startDeletion(alice, 10)).toEqual({ users: [user] });
      expect(await store.findCurrent(alice)).toBeUndefined();
      expect((await create("8:acs:2")).state, "a new sign-in").toBe("current");
      expect(await store.claimUnfinished(0)).toEqual(user);
      await store.forget(id);
      expect(await store.countByState()).toEqual({ ...unfinished, current: 1 });
    });

    it("does nothing for a caller without a user", async () => {
      await create("8:acs:1", bob);
      expect(await store.startDeletion(alice, 10)).toEqual({ users: [] });
      expect(await store.countByState()).toEqual({ ...unfinished, current: 1 });
    });

    it("waits for creations that may still succeed, and gives up older ones", async () => {
      await create("8:acs:1");
      await store.begin(randomUUID(), bob);
      const id = randomUUID();
      await store.begin(id, alice);
      const started = await store.startDeletion(alice, 30);
      expect("waitInSeconds" in started && started.waitInSeconds).toBeOneOf([28, 29, 30]);
      expect(await store.countByState()).toEqual({ ...unfinished, creating: 2, current: 1 });
      expect(await store.startDeletion(alice, 0)).toMatchObject({ users: [{ acsUserId: "8:acs:1" }] });
      expect(await store.countByState()).toEqual({ ...unfinished, creating: 1, deleting: 1, unanswered: 1 });
      expect(await store.settle(id, alice, "8:acs:2"), "an answer after all").toBe("surplus");
    });

    it("of a user that ACS no longer has doesn't touch its replacement", async () => {
      const { id } = await create("8:acs:1");
      await store.retire(id);
      expect(await store.countByState()).toEqual({ ...unfinished, deleting: 1 });
      const next = await create("8:acs:2");
      await store.retire(id);
      expect(await store.findCurrent(alice)).toMatchObject({ id: next.id });
    });
  });

  describe("another user of the same resource", () => {
    it("is a current one whose id starts with the same resource", async () => {
      const { id } = await create("8:acs:one_1");
      const user = { id, state: "current", acsUserId: "8:acs:one_1" } as const;
      await create("8:acs:two_1", bob);
      expect(await store.findAnother(user)).toBeUndefined();
      await create("8:acs:one_2", { ...bob, subject: "carol" });
      expect(await store.findAnother(user)).toMatchObject({ acsUserId: "8:acs:one_2" });
    });
  });

  describe("claiming", () => {
    it("skips recent and current entries", async () => {
      await store.begin(randomUUID(), alice);
      await create("8:acs:1", bob);
      await create("8:acs:2", bob);
      expect(await store.claimUnfinished(60)).toBeUndefined();
      expect(await store.giveUpCreations(60)).toEqual([]);
      expect(await store.countByState()).toEqual({ ...unfinished, creating: 1, current: 1, surplus: 1 });
    });

    it("gives each entry to only one instance", async () => {
      for (let index = 0; index < 21; index++) await create(`8:acs:${index}`);
      await sleep(1_100);
      const stores = await openAgain(4);
      const claims = await Promise.all(
        Array.from({ length: 40 }, (_, index) => stores[index % 4]?.claimUnfinished(1)),
      );
      const ids = claims.flatMap((user) => (user ? [user.id] : []));
      expect(new Set(ids).size).toBe(ids.length);
      while (ids.length < 20) ids.push((await store.claimUnfinished(1))?.id ?? "none");
      expect(new Set(ids)).not.toContain("none");
      expect(await store.claimUnfinished(1)).toBeUndefined();
      await Promise.all(stores.map((each) => each.close()));
    });
  });

  describe("permits", () => {
    it("are limited for all instances together", async () => {
      const stores = [store, ...(await openAgain(2))];
      const limit = { key: "a", calls: 50, perSeconds: 30 };
      const permits = await Promise.all(
        Array.from({ length: 120 }, (_, index) => stores[index % 3]?.takePermit(limit)),
      );
      const granted = permits.flatMap((permit) => (permit?.isGranted ? [permit.left] : []));
      expect(granted.toSorted((one, other) => one - other)).toEqual(
        Array.from({ length: 50 }, (_, left) => left),
      );
      for (const permit of permits) {
        if (permit?.isGranted === false) expect(permit.retryAfterInSeconds).toBeOneOf([28, 29, 30]);
      }
      expect(await store.takePermit({ ...limit, key: "b" })).toMatchObject({ isGranted: true, left: 49 });
      await Promise.all(stores.slice(1).map((each) => each.close()));
    });

    it("become available again once the window has passed, and not before", async () => {
      const limit = { key: "a", calls: 2, perSeconds: 2 };
      const start = Date.now();
      const taken: number[] = [];
      while (Date.now() - start < 5_000) {
        if ((await store.takePermit(limit)).isGranted) taken.push(Date.now());
        await sleep(20);
      }
      expect(taken.length).toBeGreaterThanOrEqual(4);
      for (const [index, time] of taken.entries()) {
        expect((taken[index + 2] ?? Number.POSITIVE_INFINITY) - time).toBeGreaterThan(950);
      }
    });
  });

  describe("admission", () => {
    it("takes a permit, and returns the caller's current user, in one round trip", async () => {
      const limit = { key: "alice", calls: 2, perSeconds: 30 };
      expect(await store.admit(alice, limit)).toEqual({
        permit: { isGranted: true, left: 1, takenAt: expect.any(Number) },
        user: undefined,
      });
      const { id } = await create("8:acs:1");
      const { permit, user } = await store.admit(alice, limit);
      expect(user).toEqual({ id, state: "current", acsUserId: "8:acs:1" });
      expect((await store.admit(alice, limit)).permit).toMatchObject({ isGranted: false });
      await store.giveBackPermit("alice", permit.isGranted ? permit.takenAt : 0);
      expect((await store.admit(alice, limit)).permit).toMatchObject({ isGranted: true, left: 0 });
    });
  });

  describe("a closed store", () => {
    it("rejects with a StoreError", async () => {
      const other = await open({ again: true });
      await other.close();
      await expect(other.ping()).rejects.toThrow(/The database failed/);
    });
  });
}
