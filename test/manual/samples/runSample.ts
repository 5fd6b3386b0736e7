import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../..", import.meta.url));

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Flags for node. */
  readonly flags?: readonly string[];
}

/**
 * Runs a sample as users do, but ignores a connection string in the machine's environment.
 *
 * @param file - Name in the folder `samples`.
 * @returns Its output.
 * @throws An error with its output if it fails or writes to stderr.
 */
export async function runSample(file: string, { env = {}, flags = [] }: RunOptions = {}): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", ...flags, `samples/${file}`],
    { cwd: root, env: { ...process.env, COMMUNICATION_CONNECTION_STRING: "", ...env } },
  );
  if (stderr) throw new Error(`samples/${file} wrote to stderr: ${stderr}\n${stdout}`);
  return stdout;
}

/** Replaces what differs between runs with placeholders. */
export function normalize(output: string): string {
  return output
    .replace(/8(?::|%3A)acs(?::|%3A)[\w-]+/g, "<user>")
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, "<emulator>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .trimEnd();
}
