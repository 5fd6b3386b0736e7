// Measures one scenario in a separate process, in a folder that has the package, and prints the measurement.
import type { HttpClient } from "@azure/core-rest-pipeline";
import type { CommunicationIdentityClient } from "acs-identity";
import { Bench } from "tinybench";
import { bareCall } from "./bareCall.js";
import { headers, key, type OperationName, responses, user } from "./values.js";

export type SubjectName = "official" | "ours" | "ours over undici" | "node:http";

export interface Scenario {
  readonly operation: OperationName | "construct";
  /** How many calls are measured, after three times as many warm-up calls. */
  readonly calls: number;
  /** How many calls are in flight at a time. Default: 1. */
  readonly inFlight?: number;
  /** How many clients take turns. Default: 1. */
  readonly clients?: number;
  /** The origin of the server. Without one, a stub responds, or the fake if `fake` is set. */
  readonly origin?: string;
  /** The authority of the server's certificate. */
  readonly ca?: string;
  readonly fake?: boolean;
}

/** Per call, in µs; `heap` in bytes, which is meaningful only if the heap is too large to need a collection. */
export type Measurement = Readonly<Record<"cpu" | "time" | "p50" | "p99" | "heap", number>>;

async function stubFor({ operation, inFlight = 1 }: Scenario): Promise<HttpClient> {
  const { createHttpHeaders } = await import("@azure/core-rest-pipeline");
  const [status, bodyAsText] = responses[operation === "construct" ? "getToken" : operation];
  return {
    async sendRequest(request) {
      // Responds a turn later if several calls are in flight, so that they really overlap.
      if (inFlight > 1) await new Promise((resolve) => setImmediate(resolve));
      return { request, status, headers: createHttpHeaders({ ...headers }), bodyAsText };
    },
  };
}

/** Returns the action to measure: a client call or the construction of a client. */
async function actionOf(subject: SubjectName, scenario: Scenario): Promise<() => unknown> {
  const { operation, origin, ca, clients: count = 1 } = scenario;
  if (subject === "node:http") return () => bareCall(origin ?? "");
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
  // The fake knows only users that it created.
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
  const now = (): number[] => {
    const { user, system } = process.cpuUsage();
    return [user + system, performance.now() * 1_000, process.memoryUsage().heapUsed];
  };
  let before = now();
  let after = before;
  const bench = new Bench({
    iterations: calls,
    time: 0,
    warmupIterations: 3 * calls,
    warmupTime: 0,
    throws: true,
    ...(inFlight > 1 && { concurrency: "task", threshold: inFlight }),
    setup() {
      globalThis.gc?.();
      before = now();
    },
    teardown() {
      after = now();
    },
  });
  const [task] = await bench.add("call", await actionOf(subject, scenario)).run();
  if (task?.result.state !== "completed") throw new Error(`The calls are ${task?.result.state}.`);
  const { p50, p99 } = task.result.latency;
  const [cpu = 0, time = 0, heap = 0] = after.map((value, index) => (value - (before[index] ?? 0)) / calls);
  return { cpu, time, p50: p50 * 1_000, p99: p99 * 1_000, heap };
}

const [, , subject, scenario = "{}"] = process.argv;
console.log(JSON.stringify(await measure(subject as SubjectName, JSON.parse(scenario))));
process.exit();
