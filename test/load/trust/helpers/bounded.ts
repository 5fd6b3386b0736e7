import type { Parameters as PropertyParameters } from "fast-check";

/**
 * Limits how long a property is tested: up to `numRuns` values and `limitInMs` milliseconds. The seed is fixed, so that
 * a failure comes from the change at hand; `TRUST_SEED` and `TRUST_RUNS` search further.
 */
export function bounded<Values>(numRuns: number, limitInMs = 10_000): PropertyParameters<Values> {
  const { TRUST_SEED, TRUST_RUNS } = process.env;
  return {
    seed: TRUST_SEED ? Number(TRUST_SEED) : 20231001,
    numRuns: TRUST_RUNS ? Number(TRUST_RUNS) : numRuns,
    interruptAfterTimeLimit: TRUST_RUNS ? 600_000 : limitInMs,
  };
}
