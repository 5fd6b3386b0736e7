import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Store } from "../../../src/store/store.js";
import { bob, type StoreLab } from "../storeLab.js";

export function revocations(lab: StoreLab): void {
  describe("a deletion that ended", () => {
    it("is known to everybody who works on the same one", async () => {
      const { id } = await lab.create("8:acs:1");
      expect(await lab.store.revocations.wasKnown(id)).toBe(false);
      await lab.store.revocations.markRevoked(id);
      expect(await lab.store.revocations.wasKnown(id), "its tokens were revoked").toBe(true);
      await lab.store.ledger.forget(id);
      expect(await lab.store.revocations.wasKnown(id), "it is gone").toBe(true);
    });
  });

  describe("a revocation of everybody's tokens", () => {
    it("is of all users who may have tokens from before", async () => {
      await lab.store.schema.bind("https://one.example");
      await lab.store.ledger.retire((await lab.create("8:acs:1")).id);
      await lab.create("8:acs:2");
      await lab.store.ledger.settle(randomUUID(), bob, "8:acs:3");
      await lab.store.ledger.begin(randomUUID(), bob);
      const idsOf = ({ users }: Awaited<ReturnType<Store["revocations"]["findUnrevoked"]>>) =>
        users.map(({ acsUserId }) => acsUserId).toSorted();
      const found = await lab.store.revocations.findUnrevoked();
      expect([idsOf(found), found.left]).toEqual([["8:acs:1", "8:acs:2"], 2]);
      await lab.create("8:acs:4", { ...bob, subject: "carol" });
      expect(idsOf(await lab.store.revocations.findUnrevoked())).toEqual(["8:acs:1", "8:acs:2"]);
      await lab.store.revocations.end();
      expect((await lab.store.revocations.findUnrevoked()).left, "the next one").toBe(3);
    });
  });
}
