// The matrix of faults for tests: `run.ts` in a process of its own, since vitest would stand between a row and Node.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Run } from "./lanes.js";

const runner = fileURLToPath(new URL("./run.ts", import.meta.url));

/** @param options - As for `npm run faults`. */
export function runMatrix(options: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const args = ["--import", "tsx", runner, ...options, "--json"];
    execFile(process.execPath, args, { maxBuffer: 16 * 1_048_576 }, (error, stdout, stderr) => {
      // Its exit code says that a row is not right, which the tests say better.
      if (stdout.startsWith("{")) resolve(JSON.parse(stdout));
      else reject(error ?? new Error(stderr));
    });
  });
}
