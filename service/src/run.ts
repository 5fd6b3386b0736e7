import { fail } from "./failures.js";
import type { Service } from "./service.js";
import { onStop } from "./signals.js";

/** Milliseconds that OpenTelemetry has to send what was recorded last. */
const longestFlush = 2_000;

/** Runs a service until SIGTERM or SIGINT. A failure to start ends the process with exit code 1. */
export async function run(start: () => Promise<Service>): Promise<void> {
  try {
    const service = await start();
    service.whenReady.catch(fail);
    onStop(async () => {
      await service.stop();
      // Unreferenced: it ends the process only if something that nobody waits for keeps it alive.
      setTimeout(() => process.exit(0), longestFlush).unref();
    });
  } catch (error) {
    fail(error);
  }
}
