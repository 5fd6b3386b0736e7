// Runs in a process of its own, whose heap, handles and listeners are those of one client under load.
import { getEventListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { loadTransport, type TransportName } from "../helpers/transports.js";
import { randomFrom } from "./random.js";

/** What is left after each part of the load, and what went wrong on the way. */
export interface LoadReport {
  readonly outcomes: Record<string, number>;
  readonly unhandled: string[];
  readonly warnings: string[];
  /** Bytes after a collection of garbage, at the end of each part. */
  readonly heaps: number[];
  /** Timers, requests and sockets that are still there, by their kind. */
  readonly resources: Record<string, number>;
  readonly listeners: { readonly signal: number; readonly process: number };
}

const [origin = "", transport = "", text = ""] = process.argv.slice(2);
const callsInAPart = Number(text);
const parts = 5;
const inFlight = 64;

const { build, options } = await loadTransport(transport as TransportName);
const { AzureKeyCredential, CommunicationIdentityClient } = build;
const unhandled: string[] = [];
const warnings: string[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(String(reason)));
process.on("uncaughtException", (error) => unhandled.push(String(error)));
process.on("warning", (warning) => warnings.push(String(warning)));

const client = new CommunicationIdentityClient(
  origin,
  new AzureKeyCredential("c2VjcmV0LXNlY3JldC1zZWNyZXQ="),
  {
    ...options,
    retryOptions: { maxRetries: 2, retryDelayInMs: 1, maxRetryDelayInMs: 5 },
  },
);
const shutdown = new AbortController();
const outcomes: Record<string, number> = {};
const random = randomFrom(11);

async function call(): Promise<void> {
  const outcome = await client
    .getToken({ communicationUserId: "8:acs:x" }, ["chat"], {
      requestOptions: { timeout: 150 },
      ...abortOption(),
    })
    .then(
      () => "resolved",
      (error: unknown) => (error instanceof Error ? error.name : typeof error),
    );
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
}

/** Half of the calls share a signal that never aborts; of the others, some abort at once, meanwhile, or too late. */
function abortOption(): { abortSignal?: AbortSignal } {
  const draw = random();
  if (draw < 0.5) return { abortSignal: shutdown.signal };
  if (draw < 0.75) return {};
  const controller = new AbortController();
  if (draw < 0.8) controller.abort();
  else setTimeout(() => controller.abort(), Math.floor(random() * 12));
  return { abortSignal: controller.signal };
}

async function runPart(): Promise<void> {
  let left = callsInAPart;
  const lane = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

/** After the last timers of an abort, and twice, since a finalizer may free more. */
async function settle(): Promise<number> {
  for (let count = 0; count < 3; count++) {
    await delay(30);
    global.gc?.();
  }
  return process.memoryUsage().heapUsed;
}

function countProcessListeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}

const processListeners = countProcessListeners();
const heaps: number[] = [];
for (let part = 0; part < parts; part++) {
  await runPart();
  heaps.push(await settle());
}
const resources: Record<string, number> = {};
for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
const report: LoadReport = {
  outcomes,
  unhandled,
  warnings,
  heaps,
  resources,
  listeners: {
    signal: getEventListeners(shutdown.signal, "abort").length,
    process: countProcessListeners() - processListeners,
  },
};
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
