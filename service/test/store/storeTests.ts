import { expect, it } from "vitest";
import { ledger } from "./cases/ledger.js";
import { offboarded } from "./cases/offboarded.js";
import { permits } from "./cases/permits.js";
import { revocations } from "./cases/revocations.js";
import { schema } from "./cases/schema.js";
import { type OpenDatabase, StoreLab } from "./storeLab.js";

/** Describes what the store does on every kind of database. `cases` has the tests of its parts. */
export function describeStore(openDatabase: OpenDatabase): void {
  const lab = new StoreLab(openDatabase);
  for (const describePart of [schema, ledger, permits, revocations, offboarded]) describePart(lab);

  it("is closed for good, and then rejects with a StoreError", async () => {
    const other = await lab.open({ again: true });
    await other.close();
    await expect(other.ping()).rejects.toThrow(/The database failed/);
  });
}
