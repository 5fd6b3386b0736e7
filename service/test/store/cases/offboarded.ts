import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { alice, bob, type StoreLab } from "../storeLab.js";

export function offboarded(lab: StoreLab): void {
  describe("an offboarding", () => {
    it("is of one person, with or without a user, until it is undone", async () => {
      const since = await lab.store.offboarded.add(alice);
      expect(Math.abs(Date.now() - since.getTime())).toBeLessThan(60_000);
      expect(await lab.store.offboarded.add(alice), "again").toEqual(since);
      expect([await lab.store.offboarded.has(alice), await lab.store.offboarded.has(bob)]).toEqual([
        true,
        false,
      ]);
      const limit = { key: "a", calls: 50, atOnce: 25, perSeconds: 3_600 };
      expect(await lab.store.permits.admit(alice, limit)).toMatchObject({ isOffboarded: true });
      expect(await lab.store.permits.admit(bob, limit)).toMatchObject({ isOffboarded: false });
      expect(await lab.store.ledger.begin(randomUUID(), alice)).toBe(false);
      expect(await lab.store.offboarded.remove(alice)).toBe(true);
      expect(await lab.store.offboarded.remove(alice)).toBe(false);
      expect((await lab.create("8:acs:1")).state).toBe("current");
    });

    // Names whose JSON needs escapes, since SQL and TypeScript compute the same pseudonym.
    it.each(["alice", 'a"b\\c/d', "Zoë \u{1f600} \u2028", "\u007f<é>&"])(
      "refuses %j in each version",
      async (subject) => {
        const caller = { ...alice, subject };
        const id = randomUUID();
        await lab.store.ledger.begin(id, caller);
        await lab.store.offboarded.add(caller);
        expect(await lab.store.ledger.settle(id, caller, "8:acs:1"), "a creation in progress").toBe(
          "surplus",
        );
        const old = (version: string, state: string) =>
          lab.database.query(version, [randomUUID(), alice.issuer, subject, state]);
        // What the versions before this one do.
        const insert = "INSERT INTO ledger (id, issuer, subject, state) VALUES ($1, $2, $3, $4) RETURNING id";
        expect((await old(insert, "creating")).rows).toEqual([]);
        const others = { ...caller, issuer: "https://other.example" };
        expect(await lab.store.ledger.begin(randomUUID(), others), "another issuer").toBe(true);
      },
    );

    it("doesn't wait for a creation in progress, whose user nobody gets", async () => {
      await lab.store.ledger.retire((await lab.create("8:acs:1")).id);
      const id = randomUUID();
      await lab.store.ledger.begin(id, alice);
      await lab.send(id);
      await lab.store.offboarded.add(alice);
      expect(await lab.store.ledger.startDeletion(alice, 0)).toMatchObject({
        users: [{ acsUserId: "8:acs:1" }],
      });
      expect(await lab.store.ledger.settle(id, alice, "8:acs:2")).toBe("surplus");
    });
  });
}
