import { afterAll, beforeAll, describe } from "vitest";
import { noPgBouncer, type PgBouncer, startPgBouncer } from "../pgbouncer.js";
import { noPostgres, openDatabase, type Postgres, startPostgres } from "../postgres.js";
import { describeStore } from "../store/contract.js";

describe.skipIf(noPostgres)(`the store on PostgreSQL${noPostgres ?? ""}`, () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  let url = "";
  describeStore(async ({ again } = { again: false }) => {
    if (!again) url = postgres.createDatabase();
    return openDatabase(url);
  });
});

describe.skipIf(noPgBouncer)(`the store behind PgBouncer in transaction mode${noPgBouncer ?? ""}`, () => {
  let postgres: Postgres;
  let bouncer: PgBouncer;
  beforeAll(async () => {
    postgres = await startPostgres();
    bouncer = await startPgBouncer(postgres);
  });
  afterAll(async () => {
    await bouncer?.stop();
    await postgres?.stop();
  });

  let url = "";
  describeStore(async ({ again } = { again: false }) => {
    if (!again) url = bouncer.urlOf(postgres.createDatabase());
    return openDatabase(url);
  });
});
