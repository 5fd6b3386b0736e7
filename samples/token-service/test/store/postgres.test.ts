import { afterAll, beforeAll, describe } from "vitest";
import { openPostgresStore } from "../../src/store/postgresStore.js";
import { noPostgres, type Postgres, startPostgres } from "../postgres.js";
import { describeStore } from "./contract.js";

describe.skipIf(noPostgres)(`PostgreSQL${noPostgres ?? ""}`, () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  let url = "";
  describeStore(({ again } = { again: false }) => {
    if (!again) url = postgres.createDatabase();
    return openPostgresStore(url);
  });
});
