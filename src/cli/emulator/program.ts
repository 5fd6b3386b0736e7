import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import spawn from "cross-spawn";
import { connectionVariable, entraEnvironment } from "../../emulator/environment/environment.js";
import { hostName } from "../../emulator/options/hosts.js";
import type { Emulator } from "../../emulator/startEmulator.js";
import type { Environment } from "../command.js";
import { CommandError, exitCodes } from "../errors.js";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** How long a program may take to end after SIGTERM or SIGHUP. */
const graceInMs = 3000;

/**
 * Runs a program that finds the emulator by its environment variables, and passes signals on to it.
 * @param variables - Further ones that hold the connection string.
 * @param warn - Receives which certificates the program won't trust, although a variable names them.
 * @returns Its exit code, or 128 plus the number of the signal that ended it.
 * @throws CommandError if it can't be started.
 */
export async function runProgram(
  program: readonly string[],
  environment: Environment,
  variables: readonly string[],
  { url, connectionString, certificateFile, service }: Emulator,
  warn: (message: string) => void,
): Promise<number> {
  const connection = {
    ...Object.fromEntries([connectionVariable, ...variables].map((name) => [name, connectionString])),
    COMMUNICATION_ENDPOINT: url,
    COMMUNICATION_ACCESS_KEY: service.accessKey,
    ...(url.startsWith("https:") && entraEnvironment(service.entra)),
    ...proxyExceptions(environment, url),
  };
  if (certificateFile === undefined) return spawnAndWait(program, { ...environment, ...connection });
  const { writeTrustFiles } = await import("./trustFiles.js");
  // Until the program gets the signals, a signal that ended this process would leave the files behind.
  for (const signal of signals) process.on(signal, ignore);
  let folder: string | undefined;
  try {
    folder = temporaryFolder();
    const trust = writeTrustFiles(folder, certificateFile, environment, warn);
    return await spawnAndWait(program, { ...environment, ...connection, ...trust });
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
    for (const signal of signals) process.off(signal, ignore);
  }
}

const ignore = () => {};

/** Returns the variables by which programs that send even loopback requests to a proxy reach the emulator directly. */
function proxyExceptions({ NO_PROXY, no_proxy }: Environment, url: string): Record<string, string> {
  const before = [no_proxy, NO_PROXY].filter(Boolean);
  // An asterisk means all hosts, but not to every program if something follows it.
  const hosts = before.includes("*") ? "*" : [...new Set([...before, hostName(new URL(url).host)])].join(",");
  return { NO_PROXY: hosts, no_proxy: hosts };
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), "acs-identity-"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      `Certificates for the command can't be written to ${tmpdir()} (${code}). Let TMPDIR or, on Windows, TEMP name another folder`,
    );
  }
}

async function spawnAndWait([name = "", ...args]: readonly string[], env: Environment): Promise<number> {
  // Without a terminal, the program gets a group of its own, so that a signal reaches every process that it has started. A
  // terminal sends signals to all programs in its foreground group, and lets them alone read, so the program stays in that.
  const hasGroup = !hasTerminal();
  let passed: NodeJS.Signals | undefined;
  let ending: Promise<void> | undefined;
  /** Sends a signal, and returns whether there was still a process to receive it. */
  const send = (signal: NodeJS.Signals | 0): boolean => {
    const { pid = Number.NaN } = child;
    try {
      return process.kill(hasGroup ? -pid : pid, signal);
    } catch {
      return false;
    }
  };
  const pass = (signal: NodeJS.Signals) => {
    passed ??= signal;
    // The terminal has sent Ctrl-C to the program, too.
    if (signal === "SIGINT" && !hasGroup) return;
    send(signal);
    // A program may ask its user what to do about Ctrl-C.
    if (signal !== "SIGINT") ending ??= end(send);
  };
  // The program may cause a signal as soon as it starts. Node calls a handler only after this function has gone on.
  for (const signal of signals) process.on(signal, pass);
  const child = spawn(name, args, { env, stdio: "inherit", detached: hasGroup });
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    if (passed && hasGroup) await (ending ?? end(send));
    const endedBy = signal === "SIGKILL" && passed ? passed : signal;
    return code ?? 128 + (endedBy ? constants.signals[endedBy] : 0);
  } catch (error) {
    // What isn't a name or a path may be a secret, which Node's message would repeat, too.
    const shown = /^[\w@.:/\\-]{1,60}$/.test(name) ? name : "The command";
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      `${shown} can't be started (${code}). Is it installed? Options of the emulator start with --`,
      exitCodes.notStarted,
    );
  } finally {
    for (const signal of signals) process.off(signal, pass);
  }
}

/** Tells whether a terminal controls this process, wherever its streams lead. On Windows a console does, which has no groups. */
function hasTerminal(): boolean {
  if (process.platform === "win32") return true;
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}

/** Waits for processes that were told to end, and kills them if that takes too long. Signal 0 asks whether one is there. */
async function end(send: (signal: "SIGKILL" | 0) => boolean): Promise<void> {
  const latest = Date.now() + graceInMs;
  while (send(0)) {
    if (Date.now() > latest) {
      send("SIGKILL");
      return;
    }
    await setTimeout(20);
  }
}
