import { setTimeout as sleep } from "node:timers/promises";
import { describeCause, type Log } from "./log.js";
import { metrics } from "./metrics.js";

const intervalInMs = 60_000;
const longestCheckInMs = 10_000;

/** Checks once a minute what the service depends on, until the signal aborts. Readiness doesn't depend on the results. */
export async function watchDependencies(
  checks: Readonly<Record<string, () => Promise<unknown>>>,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  async function check(dependency: string, work: () => Promise<unknown>): Promise<void> {
    try {
      const limit = sleep(longestCheckInMs, "late", { ref: false });
      if ((await Promise.race([work(), limit])) === "late") throw new Error("timed out");
      metrics.dependencyUp.record(1, { dependency });
    } catch (error) {
      metrics.dependencyUp.record(0, { dependency });
      if (!signal.aborted) log.warn({ dependency, cause: describeCause(error) }, "A dependency doesn't work");
    }
  }
  while (!signal.aborted) {
    await Promise.all(Object.entries(checks).map(([dependency, work]) => check(dependency, work)));
    await sleep(intervalInMs, undefined, { signal }).catch(() => {});
  }
}
