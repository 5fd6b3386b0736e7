import { DataFileError } from "../../emulator/data/dataFileError.js";
import {
  certificateComment,
  connectionVariable,
  environmentLines,
} from "../../emulator/environment/environment.js";
import { shellLines } from "../../emulator/environment/shells.js";
import { isOnlyForThisMachine } from "../../emulator/options/hosts.js";
import { ListenError } from "../../emulator/server/listenError.js";
import { type Emulator, startEmulator } from "../../emulator/startEmulator.js";
import type { Invocation } from "../command.js";
import { CommandError, exitCodes, usageError } from "../errors.js";
import { leaveReaders, Output } from "../output.js";
import { type CliSettings, readSettings } from "./emulatorSettings.js";
import { flagForOption, flags } from "./flags.js";

export { flags };

/** Resolves once the emulator listens or, with a program, once that has ended. */
export async function run({ values, environment, program }: Invocation): Promise<void> {
  const settings = await readSettings(values, environment, program !== undefined);
  const { emulator: options } = settings;
  const output = new Output(settings);
  const { host = "127.0.0.1" } = options;
  const starting = startEmulator({ ...options, onLog: (entry) => output.log(entry) });
  const emulator = await starting.catch((error: unknown) => {
    throw explained(error, settings);
  });
  if (!isOnlyForThisMachine(host)) {
    output.log({
      level: "warn",
      message: `${host} can be reached by other machines, including the admin API`,
    });
  }
  try {
    if (program) {
      const { runProgram } = await import("./program.js");
      const warn = (message: string) => output.warning(message);
      process.exitCode = await runProgram(program, environment, settings.variables, emulator, warn);
      await emulator.close();
      return;
    }
    stopWhenAsked(emulator, output, settings);
    // The handlers of signals are in place by now, because whoever reads that the emulator is ready may send one at once.
    await sayReady(emulator, output, settings);
  } catch (error) {
    await emulator.close();
    throw error;
  }
}

async function sayReady(
  { url, connectionString, secondaryConnectionString, certificateFile, service: { entra } }: Emulator,
  output: Output,
  { variables }: CliSettings,
): Promise<void> {
  const { authorityHost, tenantId, clientId, clientSecret } = entra;
  const isHttps = url.startsWith("https:");
  await output.result(
    {
      event: "ready",
      url,
      connectionString,
      secondaryConnectionString,
      page: `${url}/`,
      certificateFile,
      entra: { authorityHost, tenantId, clientId, clientSecret },
      pid: process.pid,
    },
    [
      `Ready on ${url}`,
      `Page with users, tokens and requests: ${url}/`,
      ...[connectionVariable, ...variables].flatMap((name) =>
        pasteable("Connection string", name, connectionString),
      ),
      ...(certificateFile
        ? pasteable("Trust in its certificate", "NODE_EXTRA_CA_CERTS", certificateFile)
        : []),
      // Microsoft's sign-in libraries don't accept an authority over plain HTTP.
      ...(isHttps
        ? [
            "For sign-in with Entra ID, in a .env file for node --env-file=.env:",
            ...environmentLines(entra),
            certificateComment,
            "Other languages than Node.js trust it in a command that it starts: acs-identity emulator --https -- COMMAND",
          ]
        : ["This is plain http: sign-in with Entra ID, and some of Microsoft's clients, need --https"]),
    ],
  );
}

/** Returns the lines that set a variable in the reader's shell, below what they are for. */
function pasteable(what: string, name: string, value: string): string[] {
  return shellLines(name, value, process.platform).flatMap(({ shell, line }) => [
    `${what}, to paste into ${shell} before you start your app:`,
    line,
  ]);
}

function stopWhenAsked(emulator: Emulator, output: Output, { exitsWithStdin }: CliSettings): void {
  let stopping = false;
  const stop = (reason: string) => {
    if (stopping) return;
    stopping = true;
    output.log({ level: "info", message: `${reason}: stopping` });
    const failed = (error: unknown) => {
      output.log({ level: "error", message: error instanceof Error ? error.message : String(error) });
      process.exitCode = error instanceof DataFileError ? exitCodes.data : exitCodes.failed;
    };
    emulator.close().catch(failed).finally(leaveReaders);
  };
  // A second signal of the same kind ends the process at once.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
  if (!exitsWithStdin) return;
  for (const event of ["end", "error"]) process.stdin.once(event, () => stop("The end of standard input"));
  // Standard input mustn't keep an emulator running that a signal has stopped. A file has no `unref`.
  process.stdin.resume().unref?.();
}

/** Rewrites a startup error in terms of the command line. */
function explained(error: unknown, settings: CliSettings): unknown {
  if (error instanceof TypeError) return usageError(whereFound(error, settings));
  if (error instanceof DataFileError) return new CommandError(error.message, exitCodes.data);
  return error instanceof ListenError ? new CommandError(error.message, exitCodes.port) : error;
}

/** Names the flag, the variable or the file instead of the option that an error is about (`accessKey`, `tls.cert`). */
function whereFound(
  { message, option = "", rule = "" }: TypeError & { readonly option?: string; readonly rule?: string },
  { findSource, configFile }: CliSettings,
): string {
  const name = findSource(flagForOption(option));
  if (name !== undefined) return `${name} ${rule}`;
  return configFile === undefined ? message : `${configFile}: ${message}`;
}
