import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Database } from "../../src/store/database.js";
import { migrationTo } from "../../src/store/migrations.js";
import { openStore } from "../../src/store/store.js";
import { StoreError } from "../../src/store/storeError.js";
import { emptyDatabase } from "../inProcess.js";
import { describeStore } from "./storeTests.js";

describe("the store on PGlite", () => {
  let server: Database;

  describeStore(async ({ again } = { again: false }) => {
    if (!again) server = await emptyDatabase();
    let isOpen = true;
    return {
      query: (text, values) => (isOpen ? server.query(text, values) : Promise.reject(new Error("closed"))),
      close: async () => {
        isOpen = false;
      },
    };
  });
});

it("the statements of the runbook fit the tables", async () => {
  const database = await emptyDatabase();
  await openStore(database).schema.migrate();
  const runbook = readFileSync(new URL("../../operations/runbook.md", import.meta.url), "utf8");
  const statements = [...runbook.matchAll(/`((?:SELECT|DELETE) [^`]+)`/g)];
  expect(statements).not.toEqual([]);
  for (const [, statement = ""] of statements) await database.query(statement);
});

it("the migrations stay as they are, since databases have run them", () => {
  const hashes = [...migrationTo().matchAll(/\$migration\$(.*?)\$migration\$/gs)].map(([, sql = ""]) =>
    createHash("sha256").update(sql.replace(/\s+/g, " ")).digest("base64url").slice(0, 12),
  );
  expect(hashes.slice(0, 3)).toEqual(["L3gik60KsBjU", "Hg1WDeS6cIO6", "mRK-f-cSQ822"]);
});

it("a failure has a reason for each address of the database's host", () => {
  const refused = new AggregateError([new Error("refused"), new Error("no route")]);
  expect(new StoreError(refused).message).toBe("The database failed: refused; no route");
});
