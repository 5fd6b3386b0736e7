import type { Service } from "./service.js";
import { SettingsError } from "./settings.js";

/** Milliseconds that OpenTelemetry has to send what was recorded last. */
const longestFlush = 2_000;

/** Runs a service until SIGTERM or SIGINT. A failure to start ends the process with exit code 1. */
export async function run(start: () => Promise<Service>): Promise<void> {
  try {
    const service = await start();
    service.whenReady.catch(fail);
    const stop = async () => {
      await service.stop();
      // Unreferenced: it ends the process only if something that nobody waits for keeps it alive.
      setTimeout(() => process.exit(0), longestFlush).unref();
    };
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop().catch(fail));
  } catch (error) {
    fail(error);
  }
}

export function fail(error: unknown): never {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
}
