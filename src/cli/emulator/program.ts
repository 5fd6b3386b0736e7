import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import spawn from "cross-spawn";
import { entraEnvironment } from "../../emulator/entra/environment.js";
import { connectionVariable } from "../../emulator/shells.js";
import type { Emulator } from "../../emulator/startEmulator.js";
import type { Environment } from "../command.js";
import { CommandError, exitCodes } from "../commandError.js";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** How long a program may take to end after SIGTERM or SIGHUP. */
const graceInMs = 3000;

/**
 * Runs a program that finds the emulator by its environment variables, and passes signals on to it.
 * @returns Its exit code, or 128 plus the number of the signal that ended it.
 * @throws CommandError if it can't be started.
 */
export async function runProgram(
  program: readonly string[],
  environment: Environment,
  { url, connectionString, certificateFile, service }: Emulator,
): Promise<number> {
  const folder = certificateFile && mkdtempSync(join(tmpdir(), "acs-identity-"));
  try {
    return await exitCodeOf(program, {
      ...environment,
      [connectionVariable]: connectionString,
      COMMUNICATION_ENDPOINT: url,
      ...(url.startsWith("https:") && entraEnvironment(service.entra)),
      ...(folder && {
        NODE_EXTRA_CA_CERTS: trustedFile(folder, environment.NODE_EXTRA_CA_CERTS, certificateFile),
      }),
    });
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a file with the certificates that were trusted before and the emulator's. Node reads one file only. */
function trustedFile(folder: string, before: string | undefined, certificateFile: string): string {
  const trusted = join(folder, "certificates.pem");
  const files = before ? [before, certificateFile] : [certificateFile];
  writeFileSync(trusted, files.map((file) => readFileSync(file, "utf8")).join("\n"));
  return trusted;
}

async function exitCodeOf([name = "", ...args]: readonly string[], env: Environment): Promise<number> {
  // A group of its own, so that a signal reaches every process that the program has started. Windows has no such groups.
  const detached = process.platform !== "win32";
  let passed: NodeJS.Signals | undefined;
  let ending: Promise<void> | undefined;
  const pass = (signal: NodeJS.Signals) => {
    passed ??= signal;
    // On Windows, the console has sent it to the program, too.
    if (!detached) return;
    signalGroup(child, signal);
    // A program may ask its user what to do about Ctrl-C.
    if (signal !== "SIGINT") ending ??= endGroup(child);
  };
  // Before the program starts, since that may be quick to have a signal sent. Node calls them later.
  for (const signal of signals) process.on(signal, pass);
  const child = spawn(name, args, { env, stdio: "inherit", detached });
  try {
    const [code, signal] = await new Promise<readonly [number | null, NodeJS.Signals | null]>(
      (resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (...how) => resolve(how));
      },
    );
    if (passed && detached) await (ending ?? endGroup(child));
    const endedBy = signal === "SIGKILL" && passed ? passed : signal;
    return code ?? 128 + (endedBy ? constants.signals[endedBy] : 0);
  } catch (error) {
    throw new CommandError(`${name} can't be started: ${(error as Error).message}`, exitCodes.notStarted);
  } finally {
    for (const signal of signals) process.off(signal, pass);
  }
}

/** Waits for the processes of the program to end, and ends those that take too long. */
async function endGroup(child: ChildProcess): Promise<void> {
  const end = Date.now() + graceInMs;
  while (signalGroup(child, 0)) {
    if (Date.now() > end) {
      signalGroup(child, "SIGKILL");
      return;
    }
    await setTimeout(20);
  }
}

/** Returns whether there was still a process to send it to. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  try {
    return pid !== undefined && process.kill(-pid, signal);
  } catch {
    return false;
  }
}
