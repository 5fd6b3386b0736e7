import { DataFileError } from "../../emulator/data/dataFileError.js";
import { certificateComment, environmentLines } from "../../emulator/entra/environment.js";
import { bracketed } from "../../emulator/hosts.js";
import { ListenError } from "../../emulator/listenError.js";
import { connectionVariable, shellLines } from "../../emulator/shells.js";
import { type Emulator, startEmulator } from "../../emulator/startEmulator.js";
import { isLoopback } from "../../shared/loopback.js";
import type { Invocation } from "../command.js";
import { CommandError, exitCodes, usageError } from "../commandError.js";
import { Output } from "../output.js";
import { type CliSettings, readSettings } from "./emulatorSettings.js";
import { flags } from "./flags.js";

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
  if (!isLoopback(bracketed(host))) {
    output.log({
      level: "warn",
      message: `${host} can be reached by other machines, including the admin API`,
    });
  }
  try {
    if (program) {
      const { runProgram } = await import("./program.js");
      process.exitCode = await runProgram(program, environment, emulator);
      await emulator.close();
      return;
    }
    stopOnSignals(emulator, output);
    // This comes last, because whoever reads it may send a signal at once.
    await sayReady(emulator, output);
  } catch (error) {
    await emulator.close();
    throw error;
  }
}

async function sayReady(
  { url, connectionString, secondaryConnectionString, certificateFile, service: { entra } }: Emulator,
  output: Output,
): Promise<void> {
  const { authorityHost, tenantId, clientId, clientSecret } = entra;
  const isHttps = url.startsWith("https:");
  await output.answer(
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
      ...(isHttps
        ? []
        : ["This is plain http: sign-in with Entra ID, and some of Microsoft's clients, need --https"]),
      `Page with users, tokens and requests: ${url}/`,
      ...pasteable("Connection string", connectionVariable, connectionString),
      ...(certificateFile
        ? pasteable("Trust in its certificate", "NODE_EXTRA_CA_CERTS", certificateFile)
        : []),
      // Microsoft's sign-in libraries don't accept an authority over plain HTTP.
      ...(isHttps
        ? [
            "For sign-in with Entra ID, in a .env file for node --env-file=.env:",
            ...environmentLines(entra),
            certificateComment,
          ]
        : []),
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

function stopOnSignals(emulator: Emulator, output: Output): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(exitCodes.failed);
    stopping = true;
    output.log({ level: "info", message: `${signal}: stopping` });
    emulator.close().catch((error: unknown) => {
      output.log({ level: "error", message: error instanceof Error ? error.message : String(error) });
      process.exitCode = error instanceof DataFileError ? exitCodes.data : exitCodes.failed;
    });
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

/** Rewrites a startup error in terms of the command line. */
function explained(error: unknown, settings: CliSettings): unknown {
  if (error instanceof TypeError) return usageError(whereFound(error, settings));
  if (error instanceof DataFileError) return new CommandError(error.message, exitCodes.data);
  return error instanceof ListenError ? new CommandError(error.message, exitCodes.port) : error;
}

/** Names the flag, the variable or the file instead of the option that an error is about (`accessKey`, `tls.cert`). */
function whereFound(
  { message, option = "" }: TypeError & { readonly option?: string },
  { nameOf, configFile }: CliSettings,
): string {
  const flag = option
    .replace(/^tls\./, "")
    .replace("allowedHosts", "allowHost")
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const name = nameOf(flag);
  if (name !== undefined) return `${name}${message.slice(option.length)}`;
  return configFile === undefined ? message : `${configFile}: ${message}`;
}
