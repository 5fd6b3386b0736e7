import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { openSqliteStore } from "../../src/store/sqliteStore.js";
import { describeStore } from "./contract.js";

describe("SQLite", () => {
  const folder = mkdtempSync(join(tmpdir(), "token-service-"));
  let number = 0;
  afterAll(() => rmSync(folder, { recursive: true }));
  describeStore(({ again } = { again: false }) =>
    openSqliteStore(join(folder, `${again ? number : ++number}.db`)),
  );
});
