import { pino } from "pino";
import { fail } from "./failures.js";
import { createParts, type Parts } from "./service.js";
import type { Settings } from "./settings.js";

/** Runs a command, whose exit code is what `work` returns. */
export async function runCommand(name: string, work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    fail(error, name);
  }
}

/** Gives the work the parts of the service, once the database has been checked, and closes them. */
export async function withParts(
  settings: Settings,
  work: (parts: Parts) => Promise<number>,
): Promise<number> {
  // Standard output is for the results.
  const parts = createParts(settings, { logTo: pino.destination(2) });
  try {
    await parts.prepare();
    return await work(parts);
  } finally {
    await parts.close();
  }
}
