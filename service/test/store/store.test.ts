import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Database } from "../../src/store/database.js";
import { Store } from "../../src/store/store.js";
import { emptyDatabase } from "../inProcess.js";
import { describeStore } from "./contract.js";

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
  await new Store(database).migrate();
  const runbook = readFileSync(new URL("../../operation/runbook.md", import.meta.url), "utf8");
  const statements = [...runbook.matchAll(/`((?:SELECT|DELETE) [^`]+)`/g)];
  expect(statements).toHaveLength(2);
  for (const [, statement = ""] of statements) await database.query(statement);
});
