// One subject in one scenario, in a process of its own: measures each time its parent says so.
import {
  type Call,
  callOf,
  clientFactory,
  makeCall,
  type OperationName,
  type SubjectName,
  stubTransport,
  type Target,
} from "./subjects.js";

export interface Scenario {
  readonly subject: SubjectName;
  readonly operation: OperationName;
  readonly target: Target;
  /** Calls in flight at a time. */
  readonly inFlight: number;
  /** How many clients take turns. */
  readonly clients: number;
  readonly calls: number;
  /** What to measure besides the calls. */
  readonly also?: "heap" | "construction";
}

/** Times in µs. */
export interface Measurement {
  readonly cpu: number;
  readonly wall: number;
  readonly p50: number;
  readonly p99: number;
  /** Bytes that a call allocates. */
  readonly heap?: number;
  /** What making one client costs. */
  readonly construction?: number;
}

const scenario = JSON.parse(process.argv[2] ?? "{}") as Scenario;
const call = await prepare(scenario);
await measure(call, scenario, scenario.calls * 3);
process.send?.("ready");
process.on("message", async () => {
  const result = await measure(call, scenario, scenario.calls);
  process.send?.({ ...result, ...(await measureMore(call, scenario)) });
});
process.on("disconnect", () => process.exit(0));

async function prepare({ subject, operation, target, inFlight, clients }: Scenario): Promise<Call> {
  if (target.origin) return makeCall(subject, target, operation);
  // With several calls in flight an answer comes a turn later, so that they are in flight together.
  const wait = () => new Promise<void>((resolve) => setImmediate(resolve));
  const transport = await stubTransport(operation, inFlight > 1 ? wait : undefined);
  const make = await clientFactory(subject, target, operation, transport);
  const calls = Array.from({ length: clients }, () => callOf(make(), operation));
  if (calls.length === 1) return calls[0] as Call;
  let turn = 0;
  return () => (calls[turn++ % calls.length] as Call)();
}

async function measure(call: Call, { inFlight }: Scenario, calls: number): Promise<Measurement> {
  const times = new Float64Array(calls);
  let started = 0;
  const loop = async (): Promise<void> => {
    while (started < calls) {
      const index = started++;
      const start = performance.now();
      await call();
      times[index] = performance.now() - start;
    }
  };
  const start = performance.now();
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: Math.min(inFlight, calls) }, loop));
  const { user, system } = process.cpuUsage(before);
  const wall = (performance.now() - start) * 1000;
  times.sort();
  const percentile = (share: number) => (times[Math.floor((calls - 1) * share)] ?? 0) * 1000;
  return { cpu: (user + system) / calls, wall: wall / calls, p50: percentile(0.5), p99: percentile(0.99) };
}

async function measureMore(
  call: Call,
  { also, subject, operation, target }: Scenario,
): Promise<Partial<Measurement>> {
  if (also === "heap") {
    // The parent gives room enough for a run without a collection, and the collector on call.
    const calls = 500;
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < calls; index++) await call();
    return { heap: (process.memoryUsage().heapUsed - before) / calls };
  }
  if (also === "construction") {
    const make = await clientFactory(subject, target, operation, await stubTransport(operation));
    const before = process.cpuUsage();
    for (let index = 0; index < 1000; index++) make();
    const { user, system } = process.cpuUsage(before);
    return { construction: (user + system) / 1000 };
  }
  return {};
}
