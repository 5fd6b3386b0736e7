import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/store.js";
import { noPgBouncer, type PgBouncer, startPgBouncer } from "../pgbouncer.js";
import { noPostgres, openDatabase, type Postgres, startPostgres } from "../postgres.js";
import { describeStore } from "../store/storeTests.js";

const alice = { issuer: "https://login.contoso.com", subject: "alice" };

describe.skipIf(noPostgres)(`the store on PostgreSQL${noPostgres}`, () => {
  let postgres: Postgres;
  let bouncer: PgBouncer | undefined;
  beforeAll(async () => {
    postgres = await startPostgres();
    // PgBouncer works in transaction mode, which takes away what a connection of one's own has.
    if (!noPgBouncer) bouncer = await startPgBouncer(postgres);
  });
  afterAll(async () => {
    await bouncer?.stop();
    await postgres?.stop();
  });

  let url = "";
  describe(`behind PgBouncer${noPgBouncer}`, () =>
    describeStore(async ({ again } = { again: false }) => {
      const created = again ? url : await postgres.createDatabase();
      url = bouncer?.pooledUrl(created) ?? created;
      return openDatabase(url);
    }));

  it.each([
    ["leaves unanswered", "state = 'unanswered'"],
    ["carries out", "state = 'current', acs_user_id = '8:acs:1_1'"],
  ])("doesn't begin a creation that has waited for one that ACS %s", async (_, end) => {
    const url = await postgres.createDatabase();
    const store = openStore(openDatabase(url));
    await store.schema.migrate();
    const [first, second] = [new pg.Client(url), randomUUID()];
    await first.connect();
    await store.ledger.begin(randomUUID(), alice);
    await first.query("BEGIN");
    await first.query(`UPDATE ledger SET touched_at = clock_timestamp(), ${end}`);
    const begun = store.ledger.begin(second, alice);
    const waiting = "SELECT count(*)::integer FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    await expect.poll(async () => (await first.query(waiting)).rows).toEqual([{ count: 1 }]);
    await first.query("COMMIT");
    expect(await begun).toBe(false);
    const { rows } = await first.query("SELECT id FROM ledger WHERE id = $1", [second]);
    expect(rows).toEqual([]);
    await first.end();
    await store.close();
  });
});
