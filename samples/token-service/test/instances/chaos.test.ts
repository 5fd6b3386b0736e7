import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { noPostgres } from "../postgres.js";
import { root } from "./lab.js";

describe.skipIf(noPostgres)(`two minutes of chaos${noPostgres ?? ""}`, () => {
  it("loses no user that the ledger doesn't account for", () => {
    const program = ["--import", "tsx", "test/chaos/chaos.ts", "--seed", "1", "--seconds", "120"];
    const { status, stdout } = spawnSync(process.execPath, program, { cwd: root, encoding: "utf8" });
    expect(status, stdout).toBe(0);
  });
});
