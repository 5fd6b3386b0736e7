import { measureScenarios } from "./rounds.js";
import { ratioOf } from "./statistics.js";
import type { Scenario } from "./worker.js";

const tolerance = 0.05;

/** Two processes of the same subject in turns, as two subjects are measured. Whatever differs is noise. */
export async function runSelfCheck(): Promise<void> {
  const scenario: Scenario = {
    subject: "official",
    operation: "getToken",
    target: {},
    inFlight: 1,
    clients: 1,
    calls: 3000,
  };
  const [first = [], second = []] = await measureScenarios([scenario, scenario], {
    processes: 3,
    rounds: 10,
  });
  const { median, low, high } = ratioOf(
    first.map(({ cpu }) => cpu),
    second.map(({ cpu }) => cpu),
  );
  const isRight = Math.abs(median - 1) <= tolerance || (low <= 1 && high >= 1);
  console.log(
    `official against official, CPU per getToken: ${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)}), ` +
      `${isRight ? "1.0 within the noise" : "NOT 1.0: the machine is too busy to measure on"}`,
  );
  if (!isRight) process.exitCode = 1;
}
