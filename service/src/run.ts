import { runCommand } from "./command.js";
import { fail } from "./failures.js";
import type { Service } from "./service.js";
import { onStop } from "./signals.js";

const name = "The service";
/** Milliseconds that OpenTelemetry has to send what was recorded last. */
const longestFlush = 2_000;

/** Runs a service until SIGTERM or SIGINT. */
export async function runService(start: () => Promise<Service>): Promise<void> {
  await runCommand(name, async () => {
    const { whenReady, stop } = await start();
    whenReady.catch((error: unknown) => fail(error, name));
    onStop(async () => {
      await stop();
      // The timer is unreferenced, so it ends the process only if something that nobody waits for keeps that alive.
      setTimeout(() => process.exit(0), longestFlush).unref();
    });
    return 0;
  });
}
