// Measures one scenario in a process of its own, and prints the measurement. It runs in a folder that has the package.
import type { HttpClient } from "@azure/core-rest-pipeline";
import type { CommunicationIdentityClient } from "acs-identity";
import { Bench } from "tinybench";
import { headers, key, type OperationName, responses, user } from "./values.js";

export type SubjectName = "official" | "ours" | "ours over undici";

export interface Scenario {
  readonly operation: OperationName | "construct";
  /** How many are measured, after three times as many to warm up. */
  readonly calls: number;
  /** Calls in flight at a time; 1 by default. */
  readonly inFlight?: number;
  /** Clients that take turns; 1 by default. */
  readonly clients?: number;
  /** Without a server, whose certificate may need an authority, a stub responds, or the fake. */
  readonly origin?: string;
  readonly ca?: string;
  readonly fake?: boolean;
}

/** Per call, in µs; bytes of the heap where there is room for no collection. */
export type Measurement = Readonly<Record<"cpu" | "time" | "p50" | "p99" | "heap", number>>;

async function stubFor({ operation, inFlight = 1 }: Scenario): Promise<HttpClient> {
  const { createHttpHeaders } = await import("@azure/core-rest-pipeline");
  const [status, bodyAsText] = responses[operation === "construct" ? "getToken" : operation];
  return {
    async sendRequest(request) {
      // With several calls in flight a response comes a turn later, so that they are in flight together.
      if (inFlight > 1) await new Promise((resolve) => setImmediate(resolve));
      return { request, status, headers: createHttpHeaders({ ...headers }), bodyAsText };
    },
  };
}

/** What is measured: a call of a client, or its construction. */
async function actionOf(subject: SubjectName, scenario: Scenario): Promise<() => unknown> {
  const { operation, origin, ca, clients: count = 1 } = scenario;
  let connectionString = `endpoint=${origin ?? "https://my-resource.communication.azure.com"}/;accesskey=${key}`;
  let httpClient: HttpClient | undefined;
  if (scenario.fake) {
    const { createFakeIdentityService } = await import("acs-identity/testing");
    ({ connectionString, httpClient } = createFakeIdentityService());
  } else if (subject === "ours over undici") {
    httpClient = (await import("acs-identity/undici")).createUndiciHttpClient();
  } else if (!origin) httpClient = await stubFor(scenario);
  const options = {
    allowInsecureConnection: true,
    ...(httpClient && { httpClient }),
    ...(ca && { tlsOptions: { ca } }),
  };
  const module = await import(subject === "official" ? "@azure/communication-identity" : "acs-identity");
  const construct = (): CommunicationIdentityClient =>
    new module.CommunicationIdentityClient(connectionString, options);
  if (operation === "construct") return construct;
  const clients = Array.from({ length: count }, construct);
  // The fake knows only users that it made.
  const known = scenario.fake ? await construct().createUser() : user;
  let turn = 0;
  return () => {
    const client = clients[turn++ % count] as CommunicationIdentityClient;
    if (operation === "getToken") return client.getToken(known, ["voip"]);
    return operation === "deleteUser" ? client.deleteUser(user) : client.createUserAndToken(["voip"]);
  };
}

async function measure(subject: SubjectName, scenario: Scenario): Promise<Measurement> {
  const { calls, inFlight = 1 } = scenario;
  let start = 0;
  let heapBefore = 0;
  let cpuBefore = process.cpuUsage();
  let measured = { cpu: 0, time: 0, heap: 0 };
  const bench = new Bench({
    iterations: calls,
    time: 0,
    warmupIterations: 3 * calls,
    warmupTime: 0,
    throws: true,
    ...(inFlight > 1 && { concurrency: "task", threshold: inFlight }),
    setup() {
      globalThis.gc?.();
      heapBefore = process.memoryUsage().heapUsed;
      start = performance.now();
      cpuBefore = process.cpuUsage();
    },
    teardown() {
      const { user, system } = process.cpuUsage(cpuBefore);
      const time = ((performance.now() - start) * 1_000) / calls;
      const heap = (process.memoryUsage().heapUsed - heapBefore) / calls;
      measured = { cpu: (user + system) / calls, time, heap };
    },
  });
  const [task] = await bench.add("call", await actionOf(subject, scenario)).run();
  if (task?.result.state !== "completed") throw new Error(`The calls are ${task?.result.state}.`);
  const { p50, p99 } = task.result.latency;
  return { ...measured, p50: p50 * 1_000, p99: p99 * 1_000 };
}

const [, , subject, scenario = "{}"] = process.argv;
console.log(JSON.stringify(await measure(subject as SubjectName, JSON.parse(scenario))));
process.exit();
