import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPostgres } from "../../src/store/database.js";
import { openStore } from "../../src/store/store.js";
import { noPostgres, openDatabase, type Postgres, startPostgres } from "../postgres.js";
import { runProgram } from "./lab.js";

const alice = { issuer: "https://login.contoso.com", subject: "alice" };

describe.skipIf(noPostgres)(`the service's access to PostgreSQL${noPostgres}`, () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  it("uses the latest token of Entra as the password of each new connection", async () => {
    postgres.psql("CREATE ROLE rotating LOGIN PASSWORD 'first'");
    postgres.requirePassword("rotating");
    const url = (await postgres.createDatabase()).replace("test@", "rotating@");
    let password = "first";
    const credential = {
      getToken: async (scope: string | string[]) => {
        expect(scope).toBe("https://ossrdbms-aad.database.windows.net/.default");
        return { token: password, expiresOnTimestamp: Date.now() + 60_000 };
      },
    };
    const store = openStore(
      openPostgres({ databaseUrl: url, databaseAuth: "entra", databasePoolSize: 2 }, credential),
    );
    await store.ping();
    postgres.psql("ALTER ROLE rotating PASSWORD 'second'");
    await store.ping();
    postgres.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rotating'");
    // By this code, the service tells a refusal from an outage.
    await expect.poll(() => store.ping().catch(({ code }) => code)).toBe("28P01");
    password = "second";
    await store.ping();
    await store.close();
  });

  it("needs no rights but those that the migration grants", async () => {
    postgres.psql("CREATE ROLE service LOGIN");
    const url = await postgres.createDatabase();
    const owner = openStore(openDatabase(url));
    await owner.schema.migrate("service");
    await owner.schema.migrate("service");
    await owner.close();
    const database = openDatabase(url.replace("test@", "service@"));
    const store = openStore(database);
    await store.schema.check();
    expect(await store.schema.bind("https://one.example")).toBe("https://one.example");
    const limit = { key: "alice", calls: 2, atOnce: 1, perSeconds: 30 };
    expect(await store.permits.admit(alice, limit)).toEqual({
      waitInSeconds: undefined,
      user: undefined,
      isOffboarded: false,
    });
    const id = "00ac5000-0000-4000-8000-000000000001";
    await store.ledger.begin(id, alice);
    expect(await store.ledger.settle(id, alice, "8:acs:1_1")).toBe("current");
    expect(await store.ledger.startDeletion(alice, 10)).toMatchObject({
      users: [{ acsUserId: "8:acs:1_1" }],
    });
    await store.ledger.forget(id);
    await store.permits.forget("alice");
    await store.offboarded.add(alice);
    expect(await store.ledger.begin("00ac5000-0000-4000-8000-000000000002", alice)).toBe(false);
    expect(await store.offboarded.remove(alice)).toBe(true);
    expect(await store.revocations.findUnrevoked()).toEqual({ users: [], left: 0 });
    await store.revocations.end();
    for (const sql of [
      "DROP TABLE ledger",
      "CREATE TABLE other ()",
      "TRUNCATE ledger",
      "DELETE FROM binding",
      "UPDATE binding SET endpoint = 'https://other.example'",
    ]) {
      await expect(database.query(sql)).rejects.toThrow(/must be owner|permission denied/);
    }
    await expect(database.query("SELECT pg_sleep(60)")).rejects.toThrow(/statement timeout/);
    await store.close();
  });

  it("has limits that an administrator sets if the migrating role may not", async () => {
    postgres.psql("CREATE ROLE owner LOGIN; CREATE ROLE other_service LOGIN");
    const url = await postgres.createDatabase();
    const name = new URL(url).pathname.slice(1);
    postgres.psql(`ALTER DATABASE ${name} OWNER TO owner`);
    const migrate = () =>
      runProgram(["dist/migrate.js"], {
        DATABASE_URL: url.replace("test@", "owner@"),
        DATABASE_SERVICE_ROLE: "other_service",
      });
    const first = await migrate();
    expect(first.output).not.toContain("failed");
    const [done, says, ...statements] = first.output.trim().split("\n");
    expect(done).toBe("The database is up to date");
    expect(says).toMatch(/^An administrator has to run this once/);
    expect(first.status).toBe(1);
    expect(statements).toHaveLength(2);
    for (const statement of statements) postgres.psql(statement);
    expect(await migrate()).toEqual({ status: 0, output: "The database is up to date\n" });
    const database = openDatabase(url.replace("test@", "other_service@"));
    const { rows } = await database.query("SHOW statement_timeout");
    expect(rows).toEqual([{ statement_timeout: "3s" }]);
    await database.close();
  });

  it("isn't granted by a role that doesn't own the tables", async () => {
    postgres.psql("CREATE ROLE third LOGIN");
    const url = await postgres.createDatabase();
    const owner = openStore(openDatabase(url));
    await owner.schema.migrate("third");
    await owner.close();
    postgres.psql("GRANT CREATE ON SCHEMA public TO third", new URL(url).pathname.slice(1));
    const { status, output } = await runProgram(["dist/migrate.js"], {
      DATABASE_URL: url.replace("test@", "third@"),
      DATABASE_SERVICE_ROLE: "third",
    });
    expect(output).toContain("must be owner of table ledger");
    expect(status).toBe(1);
  });

  it("can be restored from a backup, and finds the users of a caller again", async () => {
    const url = await postgres.createDatabase();
    const store = openStore(openDatabase(url));
    await store.schema.migrate();
    const [kept, lost] = ["00ac5000-0000-4000-8000-000000000001", "00ac5000-0000-4000-8000-000000000002"];
    await store.ledger.begin(kept, alice);
    await store.ledger.settle(kept, alice, "8:acs:1_1");
    const backup = postgres.dump(url);
    const bob = { ...alice, subject: "bob" };
    await store.ledger.begin(lost, bob);
    await store.close();
    const restored = openStore(openDatabase(await postgres.restore(backup)));
    await restored.schema.check();
    expect(await restored.ledger.findCurrent(alice)).toMatchObject({ acsUserId: "8:acs:1_1" });
    expect(await restored.ledger.settle(lost, bob, "8:acs:1_2"), "begun after the backup").toBe("surplus");
    expect(await restored.ledger.claimUnfinished(0)).toMatchObject({ acsUserId: "8:acs:1_2" });
    const limit = { key: "alice", calls: 1, atOnce: 1, perSeconds: 30 };
    expect((await restored.permits.admit(alice, limit)).waitInSeconds).toBeUndefined();
    await restored.close();
  });
});
