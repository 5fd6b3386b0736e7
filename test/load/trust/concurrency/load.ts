// Runs in its own process, so that its heap, handles and listeners are those of the client under load.
import { getEventListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { AccessToken, TokenCredential } from "@azure/core-auth";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import type { CommunicationIdentityClient as Client } from "../../../../src/index.js";
import { loadTransport, type TransportName } from "../helpers/transports.js";
import type { FaultyServer } from "./faultyServer.js";
import { drawPlans, type Plan, type Point, type Route } from "./plan.js";

/** What the process is asked to do. */
export interface LoadTask {
  readonly server: Pick<FaultyServer, "origin" | "secureOrigin" | "proxies">;
  readonly transport: TransportName;
  readonly runs: number;
  readonly seed: number;
}

/** What is left after the load, and what went wrong on the way. */
export interface LoadReport {
  readonly outcomes: Record<string, number>;
  /** The number of runs for each point and event. */
  readonly covered: Record<string, number>;
  /** Runs that hung, or ended in a way that their plan doesn't allow. */
  readonly wrong: string[];
  readonly unhandled: string[];
  readonly warnings: string[];
  /** Heap size in bytes after garbage collection, at the end of each part. */
  readonly heaps: number[];
  /** The number of timers, requests and sockets that are still active, by kind. */
  readonly resources: Record<string, number>;
  readonly listeners: { readonly signals: number; readonly process: number };
}

const task: LoadTask = JSON.parse(process.argv[2] ?? "");
const parts = 5;
const inFlight = 64;
/** Far beyond the limit of each attempt, since the machine may be busy with other tests. */
const hungInMs = 60_000;
const attemptLimitInMs = 400;

const { build, options: transportOptions } = await loadTransport(task.transport);
const { AzureKeyCredential, CommunicationIdentityClient } = build;
const unhandled: string[] = [];
const warnings: string[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(String(reason)));
process.on("uncaughtException", (error) => unhandled.push(String(error)));
process.on("warning", (warning) => warnings.push(String(warning)));

class PlannedFailure extends Error {
  override readonly name = "PlannedFailure";
}

/** A call in progress. */
class Run {
  readonly plan: Plan;
  readonly controller: AbortController | undefined;
  #hasReached = false;

  constructor(plan: Plan) {
    this.plan = plan;
    this.controller = plan.ownSignal ? new AbortController() : undefined;
  }

  get timeout(): number {
    const { point, event, delayInMs } = this.plan;
    const isInside = event === "timeLimit" && point !== "policyPerCall" && point !== "retryDelay";
    return isInside ? delayInMs + 2 : attemptLimitInMs;
  }

  /** Triggers the planned event and delay the first time that the call reaches the planned point. */
  async reach(point: Point): Promise<void> {
    const { delayInMs, event } = this.plan;
    if (point !== this.plan.point || this.#hasReached) return;
    this.#hasReached = true;
    // At these points the call continues without waiting.
    const goesOn = point === "connection" || point === "answer" || point === "retryDelay";
    if (event === "abort") {
      if (delayInMs === 0 && !goesOn) this.controller?.abort();
      else setTimeout(() => this.controller?.abort(), delayInMs);
    }
    if (goesOn) return;
    if (event === "failure") throw new PlannedFailure("planned");
    const hangs = event === "timeLimit" && (point === "credential" || point === "policyPerRetry");
    await (hangs ? new Promise(() => undefined) : delay(delayInMs + 1));
  }
}

const runs = new Map<string, Run>();

function policyAt(name: string, before: readonly Point[], after: readonly Point[]): PipelinePolicy {
  return {
    name,
    async sendRequest(request, next) {
      const run = runs.get(request.headers.get("x-run") ?? "");
      for (const point of before) await run?.reach(point);
      const response = await next(request);
      for (const point of after) await run?.reach(point);
      return response;
    },
  };
}

const clientOptions = {
  ...transportOptions,
  retryOptions: { maxRetries: 2, retryDelayInMs: 3, maxRetryDelayInMs: 5 },
  additionalPolicies: [
    { policy: policyAt("perCall", ["policyPerCall"], []), position: "perCall" as const },
    {
      policy: policyAt("perRetry", ["policyPerRetry", "connection", "answer"], ["retryDelay", "received"]),
      position: "perRetry" as const,
    },
  ],
};

/** Returns a credential whose tokens expire so soon that some calls renew them. */
function credentialOf(run?: Run): TokenCredential {
  let count = 0;
  return {
    async getToken(): Promise<AccessToken> {
      await run?.reach("credential");
      await delay(1);
      return { token: `token-${count++}`, expiresOnTimestamp: Date.now() + 200 };
    },
  };
}

function createClient(route: Route, kind: Plan["credential"], run?: Run): Client {
  const { origin, secureOrigin, proxies } = task.server;
  const endpoint = route === "direct" ? origin : secureOrigin;
  const options = {
    ...clientOptions,
    ...(route !== "direct" && { proxyOptions: { host: "http://127.0.0.1", port: proxies[route] } }),
  };
  return kind === "token"
    ? new CommunicationIdentityClient(endpoint, credentialOf(run), options)
    : new CommunicationIdentityClient(endpoint, new AzureKeyCredential("c2VjcmV0LXNlY3JldA=="), options);
}

const shared = new Map<string, Client>();

function clientOf(run: Run): Client {
  const { route, credential, point } = run.plan;
  if (point === "credential") return createClient(route, credential, run);
  const name = `${route} ${credential}`;
  const client = shared.get(name) ?? createClient(route, credential);
  shared.set(name, client);
  return client;
}

const shutdown = new AbortController();
const outcomes: Record<string, number> = {};
const covered: Record<string, number> = {};
const wrong: string[] = [];
let listenersLeft = 0;

async function execute(plan: Plan): Promise<void> {
  const id = String(plan.index);
  const run = new Run(plan);
  const signal = run.controller?.signal ?? shutdown.signal;
  runs.set(id, run);
  let timer: NodeJS.Timeout | undefined;
  const outcome = await Promise.race([
    clientOf(run)
      .getToken({ communicationUserId: "8:acs:x" }, ["chat"], {
        abortSignal: signal,
        requestOptions: {
          timeout: run.timeout,
          customHeaders: { "x-run": id, "x-answers": plan.answers.join(",") },
        },
      })
      .then(
        () => "resolved",
        (error: unknown) => (error instanceof Error ? error.name : typeof error),
      ),
    new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve("hung"), hungInMs);
    }),
  ]);
  clearTimeout(timer);
  runs.delete(id);
  if (run.controller) listenersLeft += getEventListeners(signal, "abort").length;
  count(outcomes, outcome);
  count(covered, `${plan.point} ${plan.event}`);
  const expected = expectedOf(plan);
  if (!expected.includes(outcome)) wrong.push(`${outcome} ${JSON.stringify(plan)}`);
}

/** Returns the outcomes that a plan allows. On a busy machine, any attempt may time out. */
function expectedOf({ point, event, delayInMs, route }: Plan): readonly string[] {
  if (point === "policyPerCall" && event === "failure") return ["PlannedFailure"];
  const isBefore = point === "policyPerCall" || point === "credential" || point === "policyPerRetry";
  // A delayed abort may come after the call is over.
  if (event === "abort" && isBefore && delayInMs === 0) return ["AbortError", "TimeoutError"];
  if (event === "failure" && isBefore) return ["PlannedFailure", "TimeoutError"];
  if (event === "timeLimit" && (point === "credential" || point === "policyPerRetry"))
    return ["TimeoutError"];
  const hasProxyError = route === "refusingProxy" || route === "silentProxy";
  return [
    "RestError",
    "TimeoutError",
    ...(hasProxyError ? [] : ["resolved"]),
    ...(event === "abort" ? ["AbortError"] : []),
    ...(event === "failure" && point === "received" ? ["PlannedFailure"] : []),
  ];
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** Waits until no connection is being opened: undici doesn't stop when a call ends, but gives up after 10 seconds. */
async function connectionsEnd(): Promise<void> {
  for (let round = 0; round < 600 && process.getActiveResourcesInfo().includes("TCPSocketWrap"); round++) {
    await delay(50);
  }
}

/** Lets the last abort timers fire and collects garbage repeatedly, since finalizers may free more. Returns bytes. */
async function settle(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await delay(30);
    global.gc?.();
  }
  return process.memoryUsage().heapUsed;
}

function countProcessListeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}

const plans = drawPlans(task.seed, task.runs, task.transport !== "fetch");
const processListeners = countProcessListeners();
const heaps: number[] = [];
for (let part = 1; part <= parts; part++) {
  const last = Math.round((plans.length * part) / parts);
  const queue = plans.slice(Math.round((plans.length * (part - 1)) / parts), last);
  const lane = async (): Promise<void> => {
    for (let plan = queue.shift(); plan; plan = queue.shift()) await execute(plan);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  if (part === parts) await connectionsEnd();
  heaps.push(await settle());
}
const resources: Record<string, number> = {};
for (const kind of process.getActiveResourcesInfo()) count(resources, kind);
const report: LoadReport = {
  outcomes,
  covered,
  wrong: wrong.slice(0, 20),
  unhandled,
  warnings,
  heaps,
  resources,
  listeners: {
    signals: listenersLeft + getEventListeners(shutdown.signal, "abort").length,
    process: countProcessListeners() - processListeners,
  },
};
process.send?.(report);
// After this, the process must end by itself.
process.once("message", () => process.disconnect());
