import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPostgres } from "../../src/store/database.js";
import { Store } from "../../src/store/store.js";
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
    const store = new Store(
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
    const owner = new Store(openDatabase(url));
    await owner.migrate("service");
    await owner.migrate("service");
    await owner.close();
    const database = openDatabase(url.replace("test@", "service@"));
    const store = new Store(database);
    await store.checkSchema();
    expect(await store.bind("https://one.example")).toBe("https://one.example");
    const limit = { key: "alice", calls: 2, atOnce: 1, perSeconds: 30 };
    expect(await store.admit(alice, limit)).toEqual({ waitInSeconds: undefined, user: undefined });
    const id = "00ac5000-0000-4000-8000-000000000001";
    await store.begin(id, alice);
    expect(await store.settle(id, alice, "8:acs:1_1")).toBe("current");
    expect(await store.startDeletion(alice, 10)).toMatchObject({ users: [{ acsUserId: "8:acs:1_1" }] });
    await store.forget(id);
    await store.forgetLimit("alice");
    expect(await store.findUnrevoked()).toEqual({ users: [], left: 0 });
    await store.endRevocation();
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
    const store = new Store(openDatabase(url.replace("test@", "owner@")));
    const refused = await store.migrate("other_service").catch((error: Error) => error.message);
    const [, ...statements] = String(refused).split("\n");
    expect(refused).toMatch(/^The database failed: an administrator has to limit the service's role:/);
    expect(statements).toHaveLength(2);
    for (const statement of statements) postgres.psql(statement);
    await store.migrate("other_service");
    await store.close();
    const database = openDatabase(url.replace("test@", "other_service@"));
    const { rows } = await database.query("SHOW statement_timeout");
    expect(rows).toEqual([{ statement_timeout: "3s" }]);
    await database.close();
  });

  it("isn't granted by a role that doesn't own the tables", async () => {
    postgres.psql("CREATE ROLE third LOGIN");
    const url = await postgres.createDatabase();
    const owner = new Store(openDatabase(url));
    await owner.migrate("third");
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
    const store = new Store(openDatabase(url));
    await store.migrate();
    const [kept, lost] = ["00ac5000-0000-4000-8000-000000000001", "00ac5000-0000-4000-8000-000000000002"];
    await store.begin(kept, alice);
    await store.settle(kept, alice, "8:acs:1_1");
    const backup = postgres.dump(url);
    const bob = { ...alice, subject: "bob" };
    await store.begin(lost, bob);
    await store.close();
    const restored = new Store(openDatabase(await postgres.restore(backup)));
    await restored.checkSchema();
    expect(await restored.findCurrent(alice)).toMatchObject({ acsUserId: "8:acs:1_1" });
    expect(await restored.settle(lost, bob, "8:acs:1_2"), "begun after the backup").toBe("surplus");
    expect(await restored.claimUnfinished(0)).toMatchObject({ acsUserId: "8:acs:1_2" });
    const limit = { key: "alice", calls: 1, atOnce: 1, perSeconds: 30 };
    expect((await restored.admit(alice, limit)).waitInSeconds).toBeUndefined();
    await restored.close();
  });
});
