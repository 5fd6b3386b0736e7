import { afterAll, beforeAll, describe } from "vitest";
import { openPglite } from "../../src/dev/pglite.js";
import type { Database } from "../../src/store/database.js";
import { describeStore } from "./contract.js";

describe("the store on PGlite", () => {
  let server: Database;
  beforeAll(async () => {
    server = await openPglite();
  });
  afterAll(() => server.close());

  describeStore(async ({ again } = { again: false }) => {
    if (!again) {
      await server.query("DROP SCHEMA public CASCADE");
      await server.query("CREATE SCHEMA public");
    }
    let isOpen = true;
    return {
      query: (text, values) => (isOpen ? server.query(text, values) : Promise.reject(new Error("closed"))),
      close: async () => {
        isOpen = false;
      },
    };
  });
});
