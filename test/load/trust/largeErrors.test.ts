import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { bundleProgram } from "../../helpers/bundleProgram.js";
import { startServer } from "../../helpers/server.js";

const program = await bundleProgram("test/load/trust/largeErrors/collect.ts");

it("twelve errors of a megabyte, with as many objects as fit into it, fit into a heap of 256 MiB", async () => {
  const body = `{"error":{"details":[${"{},".repeat(349_000)}{}]}}`;
  const server = await startServer(() => ({ status: 400, body }));
  const args = ["--max-old-space-size=256", program, server.origin, "12"];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout)).toEqual(Array(12).fill(400));
});
