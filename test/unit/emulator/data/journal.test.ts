import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import * as files from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Journal } from "../../../../src/emulator/data/journal.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";

const folder = temporaryFolder(afterAll);

const line = (user: number) => ({ user });

function linesOf(path: string): unknown[] {
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text));
}

describe("a journal", () => {
  it("doesn't fill a shortened file with zeros when a write fails", async () => {
    const path = join(folder, "full");
    writeFileSync(path, '{"user":1}\n');
    const open = async (...parameters: Parameters<typeof files.open>) =>
      Object.assign(await files.open(...parameters), { appendFile: () => Promise.reject(new Error("full")) });
    const journal = new Journal({ ...files, open }, path, 11);
    truncateSync(path, 5);
    await expect(journal.append([line(2)])).rejects.toThrow("full");
    expect([journal.isUnclean, readFileSync(path, "utf8")]).toEqual([true, '{"use']);
    await journal.close();
  });

  it.each<[string, (path: string) => void]>([
    ["deleted", (path) => rmSync(path)],
    ["shortened", (path) => writeFileSync(path, "")],
    ["replaced", (path) => writeFileSync(path, '{"another":"file"}\n')],
  ])("says that the file was %s, creates none, and appends to its replacement", async (what, damage) => {
    const path = join(folder, what);
    writeFileSync(path, "");
    const journal = new Journal(files, path, 0);
    // Windows keeps the name of a deleted file until it is closed.
    const mayBeOpen = what !== "deleted" || process.platform !== "win32";
    for (const isOpen of [mayBeOpen, false]) {
      expect(await journal.append([line(1)])).toBe(true);
      if (!isOpen) await journal.close();
      damage(path);
      expect(await journal.append([line(2)])).toBe(false);
      expect([journal.isUnclean, existsSync(path)]).toEqual([true, what !== "deleted"]);
      await journal.replace([line(1), line(2)]);
      expect(journal.isUnclean).toBe(false);
    }
    await journal.close();
    expect(linesOf(path)).toEqual([line(1), line(2)]);
  });
});
