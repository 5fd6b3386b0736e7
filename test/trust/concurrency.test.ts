import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { startFaultyServer } from "./concurrency/faultyServer.js";
import type { LoadReport } from "./concurrency/load.js";

const program = fileURLToPath(new URL("concurrency/load.ts", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

const megabyte = 1024 * 1024;

describe.each([
  { build: "node:http", calls: 10_000, growth: megabyte },
  // Node's own fetch goes on growing for some thousand calls before it stays as large as it is.
  { build: "fetch", calls: 2_500, growth: 2 * megabyte },
  { build: "undici", calls: 2_500, growth: 2 * megabyte },
])("$calls calls of one client over $build, with faults and aborts", ({ build, calls, growth }) => {
  it("all end, and leave nothing behind", { timeout: 60_000 }, async () => {
    const { origin, counts } = await startFaultyServer();
    const report = await runLoad(origin, build, calls / 5);

    const { outcomes } = report;
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(calls);
    expect(Object.keys(outcomes).toSorted()).toEqual(["AbortError", "RestError", "TimeoutError", "resolved"]);
    expect(outcomes.resolved).toBeGreaterThan(calls / 4);
    expect(report.unhandled).toEqual([]);
    // The web build does not know of this warning, which no browser and no worker has.
    const isExpected = (warning: string) => build === "fetch" && warning.startsWith("MaxListenersExceeded");
    expect(report.warnings.filter((warning) => !isExpected(warning))).toEqual([]);
    expect(report.listeners).toEqual({ signal: 0, process: 0 });

    // The first part is the warm-up. What 8 000 calls over node:http leave behind is less than 132 bytes each.
    const [first = 0, ...later] = report.heaps;
    expect(Math.min(...later.slice(-2)) - first).toBeLessThan(growth);
    expect(report.resources.Timeout ?? 0).toBe(0);
    expect(report.resources.TCPSocketWrap ?? 0).toBeLessThanOrEqual(64);
    expect(report.resources.HTTPClientRequest ?? 0).toBe(0);
    expect(counts.requests).toBeGreaterThan(calls / 2);
    await expect.poll(() => counts.open).toBe(0);
  });
});

async function runLoad(origin: string, build: string, callsInAPart: number): Promise<LoadReport> {
  const args = ["--expose-gc", "--import", "tsx", program, origin, build, String(callsInAPart)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 50_000 });
  return JSON.parse(stdout);
}
