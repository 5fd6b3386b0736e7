import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { migrationTo, schemaVersion } from "../../src/store/migrations.js";
import { noPostgres, openDatabase, type Postgres, postgresProgram, startPostgres } from "../postgres.js";
import { runProgram } from "./lab.js";

describe.skipIf(noPostgres)(`npm run migrate${noPostgres}`, () => {
  let postgres: Postgres;
  let url: string;
  let database: pg.Client;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());
  beforeEach(async () => {
    url = await postgres.createDatabase();
    database = await connect();
    await database.query(migrationTo(1));
    // The table has more than a pipe takes, so that a backup that nobody reads doesn't end.
    await database.query(
      `INSERT INTO ledger (id, issuer, subject, state) SELECT gen_random_uuid(), repeat('issuer', 100), each, 'creating'
       FROM generate_series(1, 2000) AS each`,
    );
  });

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client(url);
    client.on("error", () => {});
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  }

  const migrate = (seconds: number) =>
    runProgram(["dist/migrate.js", "--wait", String(seconds)], { DATABASE_URL: url });
  const version = async () =>
    (await database.query("SELECT max(version)::integer AS version FROM schema_version")).rows[0].version;

  const users = {
    "an idle transaction": async () => {
      const idle = await connect();
      await idle.query("BEGIN; SELECT FROM ledger LIMIT 1");
      return () => idle.query("COMMIT");
    },
    pg_dump: async () => {
      const dump = spawn(postgresProgram("pg_dump"), [url], { stdio: ["ignore", "pipe", "ignore"] });
      const isDumping =
        "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = 'pg_dump'";
      await expect.poll(async () => (await database.query(isDumping)).rowCount).toBeGreaterThan(5);
      return async () => {
        dump.stdout.resume();
        expect((await once(dump, "exit"))[0]).toBe(0);
      };
    },
  };

  it.each(Object.entries(users))(
    "waits for %s, and lets others use the tables meanwhile",
    async (name, use) => {
      const end = await use();
      const pool = openDatabase(url);
      onTestFinished(() => pool.close());
      let isOver = false;
      // Without a limit of its own, a migration that waits would make these wait, too, until they time out.
      const traffic = (async () => {
        for (; !isOver; await sleep(50)) {
          await pool.query("UPDATE ledger SET touched_at = clock_timestamp() WHERE subject = '7'");
        }
      })();
      const { status, output } = await migrate(5);
      expect(output).toContain("The database failed: the tables were in use for 5 s");
      if (name === "pg_dump") expect(output).toContain("see pg_dump of test (process");
      expect(status, "it helps to repeat it").toBe(2);
      expect(await version()).toBe(1);
      const left =
        "SELECT FROM pg_stat_activity WHERE application_name = 'token-service' AND query LIKE '%schema_version%'";
      expect((await database.query(left)).rowCount, "nothing of it goes on").toBe(0);
      const next = migrate(60);
      await sleep(1_000);
      expect(await version()).toBe(1);
      await end();
      expect(await next).toEqual({ status: 0, output: "The database is up to date\n" });
      expect(await version()).toBe(schemaVersion);
      isOver = true;
      // Without a limit of its own, each statement would have waited until the others had ended.
      await traffic;
    },
  );

  it("leaves the tables as they were if it takes too long", async () => {
    await database.query(
      `CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
       CREATE TRIGGER slow BEFORE UPDATE ON ledger FOR EACH ROW EXECUTE FUNCTION wait();
       INSERT INTO ledger (id, issuer, subject, state) SELECT gen_random_uuid(), issuer, subject, state FROM ledger`,
    );
    const { status, output } = await migrate(2);
    expect(output).toContain("canceling statement due to statement timeout");
    expect(status).toBe(2);
    expect(await version()).toBe(1);
    expect((await database.query("SELECT FROM pg_tables WHERE tablename = 'arrivals'")).rowCount).toBe(0);
  });
});
