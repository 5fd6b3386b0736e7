// The matrix of faults on our client, over its own transport and over undici.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { TaskResult } from "./lanes.js";
import { rows } from "./rows/index.js";
import { isFault } from "./table.js";

const runner = fileURLToPath(new URL("./run.ts", import.meta.url));

/** Its exit code says that a row is not right, which the tests say better. */
function runMatrix(): Promise<TaskResult[]> {
  return new Promise((resolve, reject) => {
    const args = ["--import", "tsx", runner, "--subject", "ours,undici", "--json"];
    execFile(process.execPath, args, { maxBuffer: 16 * 1_048_576 }, (error, stdout, stderr) => {
      if (stdout.startsWith("[")) resolve(JSON.parse(stdout));
      else reject(error ?? new Error(stderr));
    });
  });
}

describe("the matrix of faults", () => {
  let results: TaskResult[] = [];

  beforeAll(async () => {
    results = await runMatrix();
  }, 400_000);

  it.each(rows)("$id: $injection → $bar", ({ id }) => {
    const ofRow = results.filter((each) => each.id === id);
    expect(ofRow.map(({ subject }) => subject).sort()).toEqual(["ours", "undici"]);
    expect(ofRow.filter(isFault)).toEqual([]);
  });
});
