/**
 * Mutates each part of the source and runs that part's own tests, which have to notice: `npm run mutate`, or
 * `npm run mutate -- undici` for one part. Each part must reach the score in stryker.config.json,
 * except those that only report it.
 */
import { Stryker } from "@stryker-mutator/core";
import { parts } from "./parts.js";

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in parts));
if (unknown.length > 0) {
  throw new Error(`No part is called ${unknown.join(", ")}. The parts are ${Object.keys(parts).join(", ")}.`);
}
const scores: Record<string, object> = {};
for (const [name, { mutate, reportOnly }] of Object.entries(parts)) {
  if (named.length > 0 && !named.includes(name)) continue;
  // Read by vitest.config.ts. With Stryker's own `testFiles`, mutants of constants are never active (Stryker 9.6).
  process.env.MUTATED_PART = name;
  const results = await new Stryker({
    mutate,
    configFile: "tools/mutation/stryker.config.json",
    incrementalFile: `test-results/mutants/${name}.json`,
    ...(reportOnly && { thresholds: { high: 95, low: 90, break: null } }),
  }).runMutationTest();
  const count = (...statuses: string[]): number =>
    results.filter(({ status }) => statuses.includes(status)).length;
  const killed = count("Killed", "Timeout");
  const survived = count("Survived", "NoCoverage");
  const percent = Math.round((1000 * killed) / (killed + survived)) / 10;
  scores[name] = { killed, survived, errors: count("RuntimeError"), percent };
}
console.table(scores);
