import { type ParseArgsConfig, parseArgs } from "node:util";
import { pino } from "pino";
import { fail } from "./failures.js";
import { createParts, type Parts } from "./service.js";
import { type Settings, SettingsError } from "./settings.js";

/** Runs a command, whose exit code is what `work` returns. */
export async function runCommand(name: string, work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    fail(error, name);
  }
}

/** Reads the options of a command. Throws `SettingsError` for what it doesn't have. */
export function readOptions<const Options extends NonNullable<ParseArgsConfig["options"]>>(options: Options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    const [problem] = (error as Error).message.split(". ");
    const names = Object.keys(options).map((name) => `--${name}`);
    throw new SettingsError([
      `${problem}: ${names.length > 0 ? `it has ${names.join(", ")}` : "it has no options"}`,
    ]);
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
