import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { alice, bob, noEntries, type StoreLab } from "../storeLab.js";

export function ledger(lab: StoreLab): void {
  describe("a creation", () => {
    it("is in the ledger before ACS answers, but isn't the current user yet", async () => {
      await lab.store.ledger.begin(randomUUID(), alice);
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, creating: 1 });
      expect(await lab.store.ledger.findCurrent(alice)).toBeUndefined();
    });

    it("gives the caller a current user", async () => {
      const { id, state } = await lab.create("8:acs:1");
      expect(state).toBe("current");
      expect(await lab.store.ledger.findCurrent(alice)).toEqual({
        id,
        state: "current",
        acsUserId: "8:acs:1",
      });
      expect(await lab.store.ledger.findCurrent(bob)).toBeUndefined();
      expect(
        await lab.store.ledger.findCurrent({ ...alice, issuer: "https://other.example" }),
      ).toBeUndefined();
    });

    it("begins once, however many instances try at the same time", async () => {
      const stores = [lab.store, ...(await lab.openAgain(3))];
      const begun = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          (stores[index % 4] ?? lab.store).ledger.begin(randomUUID(), alice),
        ),
      );
      expect(begun.filter(Boolean)).toHaveLength(1);
      expect(await lab.store.ledger.begin(randomUUID(), bob), "another caller").toBe(true);
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, creating: 2 });
      await Promise.all(stores.slice(1).map((each) => each.close()));
    });

    it("doesn't begin if the caller has a current user", async () => {
      await lab.create("8:acs:1");
      expect(await lab.store.ledger.begin(randomUUID(), alice)).toBe(false);
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, current: 1 });
    });

    it("waits for the one before, which is given up once it is too old", async () => {
      await lab.store.ledger.begin(randomUUID(), alice);
      expect(await lab.store.ledger.findWaitInSeconds(alice, 10)).toBe(1);
      await lab.age(4);
      expect(await lab.store.ledger.findWaitInSeconds(alice, 10), "as long as it has taken so far").toBeOneOf(
        [4, 5],
      );
      await lab.age(4);
      expect(await lab.store.ledger.findWaitInSeconds(alice, 10), "as long as it may still take").toBeOneOf([
        1, 2,
      ]);
      await lab.age(4);
      expect(await lab.store.ledger.findWaitInSeconds(alice, 10), "the pause after it").toBe(5);
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, unanswered: 1 });
      expect(await lab.store.ledger.begin(randomUUID(), alice)).toBe(false);
    });

    it("waits twice as long after each one that was unanswered, until one succeeds", async () => {
      for (const pause of [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]) {
        const id = randomUUID();
        expect(await lab.store.ledger.begin(id, alice), `before a pause of ${pause} s`).toBe(true);
        await lab.send(id);
        await lab.store.ledger.markUnanswered(id);
        expect(await lab.store.ledger.begin(randomUUID(), alice)).toBe(false);
        expect(await lab.store.ledger.findWaitInSeconds(alice, 10)).toBe(pause);
        await lab.age(pause);
      }
      const { state } = await lab.create("8:acs:1");
      expect(state).toBe("current");
      const { users } = (await lab.store.ledger.startDeletion(alice, 10)) as { users: { id: string }[] };
      for (const { id } of users) await lab.store.ledger.forget(id);
      expect(await lab.store.ledger.begin(randomUUID(), alice), "everything is forgiven").toBe(true);
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, creating: 1, unanswered: 10 });
    });

    it("waits for the shortest pause once ACS has created a user for somebody", async () => {
      for (let attempt = 0; attempt < 4; attempt++) {
        const id = randomUUID();
        expect(await lab.store.ledger.begin(id, alice)).toBe(true);
        await lab.send(id);
        await lab.store.ledger.markUnanswered(id);
        await lab.age(5 * 2 ** Math.min(attempt, 2));
      }
      expect(await lab.store.ledger.findWaitInSeconds(alice, 10), "40 s, of which 20 have passed").toBeOneOf([
        19, 20,
      ]);
      await lab.create("8:acs:1", bob);
      const id = randomUUID();
      expect(await lab.store.ledger.begin(id, alice)).toBe(true);
      await lab.send(id);
      await lab.store.ledger.markUnanswered(id);
      expect(await lab.store.ledger.findWaitInSeconds(alice, 10), "the first one since").toBe(5);
    });

    it("that was never sent isn't sent anymore once it was given up, and leaves no entry", async () => {
      const [killed, sent] = [randomUUID(), randomUUID()];
      await lab.store.ledger.begin(killed, alice);
      await lab.store.ledger.begin(sent, bob);
      expect(await lab.send(sent)).toEqual({ waitInSeconds: undefined, mayBeSent: true });
      await lab.age(12);
      await lab.store.ledger.findWaitInSeconds(alice, 10);
      await lab.store.ledger.findWaitInSeconds(bob, 10);
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, unanswered: 2 });
      expect(await lab.send(killed)).toEqual({ waitInSeconds: undefined, mayBeSent: false });
      const other = randomUUID();
      await lab.store.ledger.begin(other, { ...bob, subject: "carol" });
      expect(await lab.store.ledger.giveUpCreations(0)).toEqual({ unanswered: [], neverSent: 2 });
      expect(await lab.send(other)).toMatchObject({ mayBeSent: false });
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, unanswered: 1 });
    });

    it("becomes surplus if it was given up or lost in the meantime", async () => {
      const [givenUp, lost] = [randomUUID(), randomUUID()];
      await lab.store.ledger.begin(givenUp, alice);
      await lab.send(givenUp);
      expect(await lab.store.ledger.giveUpCreations(0)).toEqual({ unanswered: [givenUp], neverSent: 0 });
      expect(await lab.store.ledger.settle(givenUp, alice, "8:acs:1")).toBe("surplus");
      expect(await lab.store.ledger.begin(lost, alice)).toBe(true);
      await lab.store.ledger.forget(lost);
      expect(await lab.store.ledger.settle(lost, alice, "8:acs:2")).toBe("surplus");
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, surplus: 2 });
    });

    it("whose response names another entry's user is unanswered", async () => {
      await lab.create("8:acs:1");
      const id = randomUUID();
      await lab.store.ledger.begin(id, bob);
      expect(await lab.store.ledger.settle(id, bob, "8:acs:1")).toBe("unanswered");
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, current: 1, unanswered: 1 });
      const current = (await lab.store.ledger.findCurrent(alice))?.id ?? "";
      expect(await lab.store.ledger.markUnanswered(current), "ACS named another resource's user").toBe(true);
      expect(await lab.store.ledger.markUnanswered(current), "again").toBe(false);
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, unanswered: 2 });
    });

    it("keeps its state if it is settled again", async () => {
      const { id, state } = await lab.create("8:acs:1");
      expect(state).toBe("current");
      expect(await lab.store.ledger.settle(id, alice, "8:acs:1"), "the same answer again").toBe("current");
      await lab.store.ledger.startDeletion(alice, 10);
      expect(await lab.store.ledger.settle(id, alice, "8:acs:1"), "and again, too late").toBe("deleting");
    });

    it("that was unanswered is kept, and its caller for an hour", async () => {
      const id = randomUUID();
      await lab.store.ledger.begin(id, alice);
      await lab.send(id);
      await lab.store.ledger.markUnanswered(id);
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, unanswered: 1 });
      const callers = async () => (await lab.database.query("SELECT subject FROM ledger")).rows;
      expect(await lab.store.ledger.giveUpCreations(0)).toEqual({ unanswered: [], neverSent: 0 });
      expect(await callers()).toEqual([{ subject: "alice" }]);
      await lab.age(3_600);
      expect(await lab.store.ledger.giveUpCreations(0)).toEqual({ unanswered: [], neverSent: 0 });
      expect(await callers()).toEqual([{ subject: "" }]);
      expect(await lab.store.ledger.settle(id, alice, "8:acs:1"), "an answer after all").toBe("surplus");
      await lab.store.ledger.markUnanswered(id);
      expect(await lab.store.ledger.countByState(), "a user with an id is never unanswered").toEqual({
        ...noEntries,
        surplus: 1,
      });
    });
  });

  describe("a deletion", () => {
    it("removes the current user at once, and can be claimed, or only revoked, until it is forgotten", async () => {
      await lab.store.schema.bind("https://one.example");
      const { id } = await lab.create("8:acs:1");
      const user = { id, state: "deleting", acsUserId: "8:acs:1" };
      expect(await lab.store.ledger.startDeletion(alice, 10)).toEqual({ users: [user] });
      expect(await lab.store.ledger.findCurrent(alice)).toBeUndefined();
      expect((await lab.create("8:acs:2")).state, "a new sign-in").toBe("current");
      expect(await lab.store.ledger.claimUnfinished(0)).toEqual(user);
      expect((await lab.store.revocations.findUnrevoked()).users).toContainEqual(user);
      await lab.store.ledger.forget(id);
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, current: 1 });
    });

    it("does nothing for a caller without a user", async () => {
      await lab.create("8:acs:1", bob);
      expect(await lab.store.ledger.startDeletion(alice, 10)).toEqual({ users: [] });
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, current: 1 });
    });

    it("waits for creations that may still succeed, and gives up older ones", async () => {
      await lab.store.ledger.retire((await lab.create("8:acs:1")).id);
      await lab.store.ledger.begin(randomUUID(), bob);
      const id = randomUUID();
      await lab.store.ledger.begin(id, alice);
      const started = await lab.store.ledger.startDeletion(alice, 30);
      expect("waitInSeconds" in started && started.waitInSeconds).toBeOneOf([28, 29, 30]);
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, creating: 2, deleting: 1 });
      expect(await lab.store.ledger.startDeletion(alice, 0)).toMatchObject({
        users: [{ acsUserId: "8:acs:1" }],
      });
      expect(await lab.store.ledger.countByState()).toEqual({
        ...noEntries,
        creating: 1,
        deleting: 1,
        unanswered: 1,
      });
      expect(await lab.store.ledger.settle(id, alice, "8:acs:2"), "an answer after all").toBe("surplus");
    });

    it("of a user that ACS no longer has doesn't touch its replacement", async () => {
      const { id } = await lab.create("8:acs:1");
      await lab.store.ledger.retire(id);
      expect(await lab.store.ledger.countByState()).toEqual({ ...noEntries, deleting: 1 });
      const next = await lab.create("8:acs:2");
      await lab.store.ledger.retire(id);
      expect(await lab.store.ledger.findCurrent(alice)).toMatchObject({ id: next.id });
      const surplus = randomUUID();
      await lab.store.ledger.settle(surplus, alice, "8:acs:3");
      await lab.store.ledger.retire(surplus);
      expect(await lab.store.ledger.countByState()).toEqual({
        ...noEntries,
        current: 1,
        deleting: 1,
        surplus: 1,
      });
    });
  });

  describe("another user of the same resource", () => {
    it("is a current one whose id starts with the same resource", async () => {
      const { id } = await lab.create("8:acs:one_1");
      const user = { id, state: "current", acsUserId: "8:acs:one_1" } as const;
      await lab.create("8:acs:two_1", bob);
      expect(await lab.store.ledger.findAnother(user)).toBeUndefined();
      await lab.create("8:acs:one_2", { ...bob, subject: "carol" });
      expect(await lab.store.ledger.findAnother(user)).toMatchObject({ acsUserId: "8:acs:one_2" });
      await lab.create("8:acs:one_3", { ...bob, subject: "dave" });
      expect(await lab.store.ledger.findAnother(user), "the latest").toMatchObject({
        acsUserId: "8:acs:one_3",
      });
    });
  });

  describe("claiming", () => {
    it("skips recent and current entries", async () => {
      await lab.store.ledger.begin(randomUUID(), alice);
      await lab.create("8:acs:1", bob);
      await lab.store.ledger.settle(randomUUID(), bob, "8:acs:2");
      expect(await lab.store.ledger.claimUnfinished(60)).toBeUndefined();
      expect(await lab.store.ledger.giveUpCreations(60)).toEqual({ unanswered: [], neverSent: 0 });
      expect(await lab.store.ledger.countByState()).toEqual({
        ...noEntries,
        creating: 1,
        current: 1,
        surplus: 1,
      });
    });

    it("begins with the entry that has waited longest", async () => {
      const [first, second] = [randomUUID(), randomUUID()];
      for (const id of [first, second]) await lab.store.ledger.settle(id, alice, `8:acs:${id}`);
      expect((await lab.store.ledger.claimUnfinished(0))?.id).toBe(first);
      expect((await lab.store.ledger.claimUnfinished(0))?.id).toBe(second);
      expect((await lab.store.ledger.claimUnfinished(0))?.id).toBe(first);
    });

    it("gives each entry to only one instance", async () => {
      for (let index = 0; index < 20; index++)
        await lab.store.ledger.settle(randomUUID(), alice, `8:acs:${index}`);
      await lab.age(100);
      const stores = await lab.openAgain(4);
      const claims = await Promise.all(
        Array.from({ length: 40 }, (_, index) => stores[index % 4]?.ledger.claimUnfinished(99)),
      );
      const ids = claims.flatMap((user) => (user ? [user.id] : []));
      expect(new Set(ids).size).toBe(ids.length);
      while (ids.length < 20) ids.push((await lab.store.ledger.claimUnfinished(99))?.id ?? "none");
      expect(new Set(ids)).not.toContain("none");
      expect(await lab.store.ledger.claimUnfinished(99)).toBeUndefined();
      await Promise.all(stores.map((each) => each.close()));
    });
  });
}
