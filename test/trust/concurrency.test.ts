import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it, onTestFinished } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../src/index.js";
import { stubTransport } from "../helpers/stubTransport.js";
import { testEndpoint, testKey } from "../helpers/values.js";
import { timeLimit } from "../timeLimit.js";
import { type FaultyServer, startFaultyServer } from "./concurrency/faultyServer.js";
import type { LoadReport, LoadTask } from "./concurrency/load.js";
import { events, points } from "./concurrency/plan.js";
import type { TransportName } from "./helpers/transports.js";

const program = fileURLToPath(new URL("concurrency/load.ts", import.meta.url));
const megabyte = 1024 * 1024;
/** Determines all runs; `TRUST_SEED` sets another one to search further. */
const seed = Number(process.env.TRUST_SEED ?? 11);

describe.each<{ transport: TransportName; runs: number; growth: number }>([
  { transport: "node:http", runs: 4_000, growth: megabyte },
  { transport: "undici", runs: 4_000, growth: 2 * megabyte },
  // The heap of Node's own fetch grows for a few thousand calls before it levels off.
  { transport: "fetch", runs: 2_500, growth: 2 * megabyte },
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

describe.each(["an access key", "an Entra ID credential"])("5000 calls in flight with %s", (kind) => {
  it.each([undefined, "shared"])(
    "send at most one request more than their attempts: request id %s",
    async (id) => {
      const counts = new Map<string, number>();
      let sent = 0;
      const httpClient = stubTransport(({ url }: PipelineRequest) => {
        const count = counts.get(url) ?? 0;
        counts.set(url, count + 1);
        if (count % 2 === 1) return { status: 503, headers: { "retry-after-ms": "1" } };
        const date = new Date(Date.now() + (++sent % 40) * 60_000).toUTCString();
        const claims = btoa(`{"number":${sent % 40}}`);
        const challenge = `Bearer error="insufficient_claims", claims="${claims}"`;
        return { status: 401, headers: { date, "www-authenticate": challenge } };
      });
      const getToken = async () => ({ token: `entra-${sent}`, expiresOnTimestamp: Date.now() + 3_600_000 });
      const credential = kind === "an access key" ? new AzureKeyCredential(testKey) : { getToken };
      const client = new CommunicationIdentityClient(testEndpoint, credential, { httpClient });
      const requestOptions = id ? { customHeaders: { "x-ms-client-request-id": id } } : {};
      const calls = Array.from({ length: 5000 }, (_, index) =>
        client.revokeTokens({ communicationUserId: `${index}` }, { requestOptions }),
      );
      await Promise.allSettled(calls);
      expect(counts.size).toBe(5000);
      expect(Math.max(...counts.values())).toBeLessThanOrEqual(5);
    },
  );
});

async function runLoad(server: FaultyServer, transport: TransportName, runs: number) {
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-load-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const NODE_EXTRA_CA_CERTS = join(folder, "ca.pem");
  writeFileSync(NODE_EXTRA_CA_CERTS, server.ca);
  const { origin, secureOrigin, proxies } = server;
  const task: LoadTask = { server: { origin, secureOrigin, proxies }, transport, runs, seed };
  const child = fork(program, [JSON.stringify(task)], {
    execArgv: ["--expose-gc", "--import", "tsx"],
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
