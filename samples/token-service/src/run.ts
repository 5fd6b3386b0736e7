import type { Service } from "./service.js";
import { SettingsError } from "./settings.js";

/** Longer than the longest request; less than the 30 s after which Kubernetes and others kill a process. */
const longestStopInMs = 25_000;

/** Runs a service until SIGTERM or SIGINT. A failure to start ends the process with exit code 1. */
export async function run(start: () => Promise<Service>): Promise<void> {
  try {
    const service = await start();
    const stop = () => {
      // Unreferenced, so that it doesn't keep a stopped process alive.
      setTimeout(() => process.exit(1), longestStopInMs).unref();
      service.stop().catch(fail);
    };
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
  } catch (error) {
    fail(error);
  }
}

export function fail(error: unknown): never {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
}
