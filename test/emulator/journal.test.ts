import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as files from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Journal } from "../../src/emulator/data/journal.js";

const folder = mkdtempSync(join(tmpdir(), "acs-identity-"));
afterAll(() => rmSync(folder, { recursive: true }));

const line = (user: number) => ({ user });

function linesOf(path: string): unknown[] {
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text));
}

describe("a journal", () => {
  it("adds lines, and replaces them all", async () => {
    const path = join(folder, "lines");
    const journal = new Journal(files, path, 0);
    await journal.append([line(1), line(2)]);
    await journal.append([line(3)]);
    expect(linesOf(path)).toEqual([line(1), line(2), line(3)]);
    await journal.replace([line(4)]);
    await journal.append([line(5)]);
    await journal.close();
    expect(linesOf(path)).toEqual([line(4), line(5)]);
  });

  it("cuts off what a crash left after the last complete line", async () => {
    const path = join(folder, "cut");
    writeFileSync(path, '{"user":1}\n{"user":');
    const journal = new Journal(files, path, 11);
    await journal.append([line(2)]);
    await journal.close();
    expect(linesOf(path)).toEqual([line(1), line(2)]);
  });
});
