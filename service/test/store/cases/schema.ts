import { describe, expect, it } from "vitest";
import { migrationTo } from "../../../src/store/migrations.js";
import { openStore } from "../../../src/store/store.js";
import { alice, noEntries, type StoreLab } from "../storeLab.js";

export function schema(lab: StoreLab): void {
  describe("migrations", () => {
    it("are required", async () => {
      await lab.store.schema.check();
      const empty = await lab.open();
      await expect(empty.schema.check()).rejects.toThrow(/The database failed/);
      await empty.close();
    });

    it("run once, even if several instances start at the same time", async () => {
      await lab.create("8:acs:1");
      const others = await lab.openAgain(3);
      await Promise.all(others.map((other) => other.schema.migrate()));
      expect((await others[0]?.ledger.findCurrent(alice))?.acsUserId).toBe("8:acs:1");
      const limits =
        "SELECT unnest(setconfig) AS setting FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE datname = current_database() ORDER BY 1";
      expect((await lab.database.query(limits)).rows).toEqual([
        { setting: "idle_in_transaction_session_timeout=5s" },
        { setting: "statement_timeout=3s" },
      ]);
      await Promise.all(others.map((other) => other.close()));
    });
  });

  it("brings the schema before up to date, keeps its entries, and works with a newer one", async () => {
    const old = await lab.openDatabase();
    await old.query(migrationTo(1));
    const entries: readonly string[] = [
      "'creating', NULL, '2026-01-01'",
      "'creating', NULL, '2026-01-02'",
      "'surplus', '8:acs:1_1', '2026-01-03'",
    ];
    for (const [index, entry] of entries.entries()) {
      await old.query(
        `INSERT INTO ledger (id, issuer, subject, state, acs_user_id, created_at)
         VALUES ('00ac5000-0000-4000-8000-00000000000${index}', 'issuer', 'subject', ${entry})`,
      );
    }
    const upgraded = openStore(old);
    await expect(upgraded.schema.check()).rejects.toMatchObject({
      message: "The database failed: run the migrations of this version first",
      code: "42P01",
    });
    await upgraded.schema.migrate();
    await upgraded.schema.check();
    await old.query("INSERT INTO schema_version SELECT max(version) + 1 FROM schema_version");
    await upgraded.schema.check();
    expect(await upgraded.ledger.countByState()).toEqual({
      ...noEntries,
      creating: 1,
      surplus: 1,
      unanswered: 1,
    });
    await upgraded.close();
  });

  describe("the binding", () => {
    it("stays with the first endpoint", async () => {
      expect(await lab.store.schema.bind("https://one.example")).toBe("https://one.example");
      expect(await lab.store.schema.bind("https://two.example")).toBe("https://one.example");
    });
  });
}
