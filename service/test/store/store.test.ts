import { describe } from "vitest";
import type { Database } from "../../src/store/database.js";
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
