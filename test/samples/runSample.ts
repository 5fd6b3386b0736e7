import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of node. */
  readonly flags?: readonly string[];
}

/**
 * Runs a sample as its user does, without whatever resource this machine is set up for.
 *
 * @returns what it printed.
 * @throws Error with all that it printed when it fails, or prints to stderr.
 */
export async function runSample(name: string, { env = {}, flags = [] }: RunOptions = {}): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", ...flags, `samples/${name}.ts`],
    { cwd: root, env: { ...process.env, COMMUNICATION_CONNECTION_STRING: "", ...env } },
  );
  if (stderr) throw new Error(`samples/${name}.ts wrote to stderr: ${stderr}\n${stdout}`);
  return stdout;
}

/** The same output in each run: what differs is replaced by a word for it. */
export function normalize(output: string): string {
  return output
    .replace(/8(?::|%3A)acs(?::|%3A)[\w-]+/g, "<user>")
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, "<emulator>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .trimEnd();
}
