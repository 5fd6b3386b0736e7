// Measures one scenario in a separate process, in a folder that has the package, and prints the measurement.
import { Bench } from "tinybench";
import { bareCall } from "./bareCall.js";
import { packages, prepareCall, type Scenario, type SubjectName } from "./calls.js";

/** Per call, in µs; `heap` in bytes, which is meaningful only if the heap is too large to need a collection. */
export type Measurement = Readonly<Record<"cpu" | "heap", number>>;

async function measure(subject: SubjectName, scenario: Scenario): Promise<Measurement> {
  // As many calls as are measured, and three times as many before, for the compiler.
  const { calls, inFlight = 1, origin = "" } = scenario;
  const action =
    subject === "node:http" ? () => bareCall(origin) : await prepareCall(packages[subject], scenario);
  const now = (): number[] => {
    const { user, system } = process.cpuUsage();
    return [user + system, process.memoryUsage().heapUsed];
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
  const [task] = await bench.add("call", action).run();
  if (task?.result.state !== "completed") throw new Error(`The calls are ${task?.result.state}.`);
  const [cpu = 0, heap = 0] = after.map((value, index) => (value - (before[index] ?? 0)) / calls);
  return { cpu, heap };
}

const [, , subject, scenario = "{}"] = process.argv;
console.log(JSON.stringify(await measure(subject as SubjectName, JSON.parse(scenario))));
process.exit();
