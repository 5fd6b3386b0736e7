import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../../dist/esm/cli/acsIdentityEmulator.js", import.meta.url));

/** An `acs-identity-emulator` command that runs in its own process. */
export interface Command {
  readonly process: ChildProcess;
  /** Returns the standard output so far. */
  readonly out: () => string;
  /** Returns the standard error so far. */
  readonly err: () => string;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Resolves with the content of the ready line. Rejects when the command ends first. */
  ready(): Promise<{
    url: string;
    connectionString: string;
    certificateFile: string;
    entra: Record<string, string>;
  }>;
  kill(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

/** Starts the command, as built, with --json and a free port. */
export function startCommand(
  args: readonly string[] = [],
  environment: Record<string, string> = {},
  program: string = cli,
): Command {
  return runCommand(["--port", "0", "--json", ...args], environment, program);
}

export function runCommand(
  args: readonly string[],
  environment: Record<string, string> = {},
  program: string = cli,
): Command {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    err += chunk;
  });
  const ended = once(child, "close").then(
    ([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null,
  );
  return {
    process: child,
    out: () => out,
    err: () => err,
    ended,
    ready: async () => {
      while (!out.includes("\n")) {
        const result = await Promise.race([once(child.stdout ?? child, "data"), ended]);
        if (!Array.isArray(result)) throw new Error(`The command ended with ${result}: ${err}`);
      }
      return JSON.parse(out.split("\n", 1)[0] ?? "");
    },
    kill: (signal = "SIGTERM") => {
      child.kill(signal);
      return ended;
    },
  };
}
