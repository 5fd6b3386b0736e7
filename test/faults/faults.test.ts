// The matrix of faults on our client, as `npm run faults -- --subject ours` runs it.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { TaskResult } from "./lanes.js";
import { rows } from "./rows/index.js";

const runner = fileURLToPath(new URL("./run.ts", import.meta.url));

/** Its exit code says that a row is not right, which the tests say better. */
function runMatrix(): Promise<TaskResult[]> {
  return new Promise((resolve, reject) => {
    const args = ["--import", "tsx", runner, "--subject", "ours", "--json"];
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
    const result = results.find((each) => each.id === id);
    expect(result?.rating, result?.saw).toBe("right");
  });
});
