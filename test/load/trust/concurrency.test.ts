import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { bundleProgram } from "../../helpers/bundleProgram.js";
import { temporaryFolder } from "../../helpers/temporaryFolder.js";
import { timeLimit } from "../../helpers/timeLimit.js";
import { type FaultyServer, startFaultyServer } from "./concurrency/faultyServer.js";
import type { LoadReport, LoadTask } from "./concurrency/load.js";
import { events, points } from "./concurrency/plan.js";
import type { TransportName } from "./helpers/transports.js";

const program = await bundleProgram("test/load/trust/concurrency/load.ts");
const megabyte = 1024 * 1024;
/** Determines all runs; `TRUST_SEED` sets another one to search further. */
const seed = Number(process.env.TRUST_SEED ?? 11);

describe.each<{ transport: TransportName; runs: number; growth: number }>([
  { transport: "node:http", runs: 1_000, growth: megabyte },
  { transport: "undici", runs: 1_000, growth: 2 * megabyte },
  // The heap of Node's own fetch grows for a few thousand calls before it levels off.
  { transport: "fetch", runs: 800, growth: 2 * megabyte },
])(
  "$runs random calls over $transport, with random aborts, timeouts, failures and faults,",
  ({ transport, runs, growth }) => {
    it("end as planned and leave nothing behind", async () => {
      const server = await startFaultyServer();
      const { report, exit } = await runLoad(server, transport, runs);

      expect(report.wrong).toEqual([]);
      expect(report.unhandled).toEqual([]);
      const { outcomes, covered } = report;
      expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(runs);
      // How many succeed in time depends on how busy the machine is.
      expect(outcomes.resolved).toBeGreaterThan(0);
      const rare = points.flatMap((point) =>
        events
          // On a busy machine an earlier time limit ends more of the calls.
          .filter((event) => !((covered[`${point} ${event}`] ?? 0) > runs / 200))
          .map((event) => [point, event]),
      );
      expect(rare).toEqual([]);
      // The web build doesn't prevent this warning, which exists only in Node.
      const isExpected = (warning: string) =>
        transport === "fetch" && warning.startsWith("MaxListenersExceeded");
      expect(report.warnings.filter((warning) => !isExpected(warning))).toEqual([]);
      expect(report.listeners).toEqual({ signals: 0, process: 0 });

      // The first part is the warm-up.
      const [first = 0, ...later] = report.heaps;
      expect(Math.min(...later.slice(-2)) - first).toBeLessThan(growth);
      expect(report.resources.Timeout ?? 0).toBe(0);
      expect(report.resources.HTTPClientRequest ?? 0).toBe(0);
      expect(server.counts.requests).toBeGreaterThan(0);
      expect(exit).toBe(0);
      await expect.poll(() => server.counts.open()).toBe(0);
    });
  },
);

async function runLoad(server: FaultyServer, transport: TransportName, runs: number) {
  const folder = temporaryFolder();
  const NODE_EXTRA_CA_CERTS = join(folder, "ca.pem");
  writeFileSync(NODE_EXTRA_CA_CERTS, server.ca);
  const { origin, secureOrigin, proxies } = server;
  const task: LoadTask = { server: { origin, secureOrigin, proxies }, transport, runs, seed };
  const child = fork(program, [JSON.stringify(task)], {
    execArgv: ["--expose-gc"],
    env: { ...process.env, NODE_EXTRA_CA_CERTS },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [report] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [LoadReport];
  expect(report, "the process reports").toBeTypeOf("object");
  // Calls that are over leave no connection waiting while the process is still running.
  await expect.poll(() => server.counts.waiting()).toBe(0);
  const exited = once(child, "exit");
  child.send("end");
  const [exit] = await Promise.race([
    exited,
    new Promise<[string]>((done) => setTimeout(done, timeLimit / 5, ["no end"]).unref()),
  ]);
  return { report, exit };
}
