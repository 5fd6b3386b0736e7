import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../package/packed.js";

const text = readFileSync(join(root, "SECURITY.md"), "utf8");
const named = [...text.matchAll(/`((?:test|tools)\/[^`]+)`/g)].map(([, path = ""]) => path);

it("SECURITY.md names only tests that exist", () => {
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it("SECURITY.md names only rows of the fault matrix that exist", () => {
  const folder = join(root, "test/faults/rows");
  const rows = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  const ids = [...text.matchAll(/\b[TX]\d+\b/g)].map(([id]) => id);
  expect(ids.length).toBeGreaterThan(10);
  expect(ids.filter((id) => !rows.some((source) => source.includes(`id: "${id}"`)))).toEqual([]);
});
