import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { onTestFinished, vi } from "vitest";
import { runCommand } from "../../../src/cli/runCommand.js";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";

export const cli: string = fileURLToPath(new URL("../../../dist/esm/cli/acsIdentity.js", import.meta.url));

/** The result of a command. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Run {
  readonly environment?: Readonly<Record<string, string>>;
  /** Standard input. Default: empty. */
  readonly input?: string;
}

/** Environment variables of this machine that would affect a command. */
const foreign = /^(?:AZURE_|COMMUNICATION_|ACS_|(?:HTTPS?|ALL|NO)_PROXY$)/i;

/** Runs `acs-identity`, as built, until it exits. */
export async function acsIdentity(args: readonly string[], run: Run = {}): Promise<Outcome> {
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...Object.fromEntries(inherited), ...run.environment },
    stdio: "pipe",
  });
  child.stdin.end(run.input ?? "");
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { code, out, err };
}

/** Returns output with the marks that a terminal gets. In pipes they are ASCII on Windows. */
export function withMarks(out: string): string {
  return out
    .replace(/^\[ok\]/gm, "✓")
    .replace(/^\[failed\]/gm, "✗")
    .replace(/^ {2}->/gm, "  →");
}

/** Runs it in this process, which is faster. Only what Node reads when it starts, such as NODE_EXTRA_CA_CERTS, has no effect. */
export async function acsIdentityHere(args: readonly string[], run: Run = {}): Promise<Outcome> {
  const before = process.exitCode;
  const written = { out: "", err: "" };
  const capture = (stream: NodeJS.WriteStream, name: "out" | "err") =>
    vi.spyOn(stream, "write").mockImplementation((chunk, ...others: unknown[]) => {
      written[name] += String(chunk);
      const done = others.at(-1);
      if (typeof done === "function") done();
      return true;
    });
  const input = Readable.from([run.input ?? ""]);
  const spies = [
    capture(process.stdout, "out"),
    capture(process.stderr, "err"),
    vi.spyOn(process, "stdin", "get").mockReturnValue(input as unknown as typeof process.stdin),
  ];
  for (const name of Object.keys(process.env)) if (foreign.test(name)) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(run.environment ?? {})) vi.stubEnv(name, value);
  try {
    process.exitCode = 0;
    await runCommand(args);
    return { code: Number(process.exitCode), ...written };
  } finally {
    process.exitCode = before;
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}

/** An emulator that ends with the test, and the variable that leads commands to it. */
export async function emulatorForCommands(): Promise<{
  readonly emulator: Emulator;
  readonly environment: Readonly<Record<string, string>>;
}> {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  return { emulator, environment: { COMMUNICATION_CONNECTION_STRING: emulator.connectionString } };
}
