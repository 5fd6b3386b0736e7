import { packageVersion } from "../../pipeline/version.js";
import { DataFileError } from "../data/dataFileError.js";
import type { EmulatorOptions } from "../options.js";
import { type Emulator, startEmulator } from "../startEmulator.js";
import { Output } from "./output.js";
import { asksForJson, type CliSettings, readSettings, UsageError } from "./settings.js";
import { flags, usage } from "./usage.js";

const exitCodes = { failed: 1, usage: 2, port: 3, data: 4 } as const;

/** Runs the command and sets the exit code. Returns when the emulator listens, or when there is nothing to do. */
export async function run(args: readonly string[]): Promise<void> {
  let output = new Output({ json: asksForJson(args, process.env), logLevel: "info" });
  try {
    const settings = readSettings(args, process.env);
    output = new Output(settings);
    if (settings.action === "help") process.stdout.write(usage());
    else if (settings.action === "version") process.stdout.write(`${packageVersion}\n`);
    else await start(settings, output);
  } catch (error) {
    const { code, message } = explain(error);
    output.log({ level: "error", message });
    process.exitCode = code;
  }
}

async function start({ emulator: options, https, nameOf }: CliSettings, output: Output): Promise<void> {
  const { host = "127.0.0.1" } = options;
  const tls = https ? { tls: await certificateFor(host, output) } : {};
  const starting = startEmulator({ ...options, ...tls, onLog: (entry) => output.log(entry) });
  const emulator = await starting.catch((error: unknown) => {
    throw error instanceof TypeError ? new UsageError(inFlags(error.message, nameOf)) : error;
  });
  if (!/^(127\.|::1$|localhost$)/.test(host)) {
    output.log({
      level: "warn",
      message: `${host} may be reached by other machines, the admin API included`,
    });
  }
  stopOnSignals(emulator, output);
  // The last of all: whoever reads it may send a signal at once.
  output.ready(emulator);
}

async function certificateFor(host: string, output: Output): Promise<NonNullable<EmulatorOptions["tls"]>> {
  // Loaded only here: most start without it, and it takes its time.
  const { machineCertificate } = await import("./certificate.js");
  const { cert, key, authorityFile, origin } = machineCertificate(host);
  const message = `The certificate is from ${origin}. Programs of Node trust it with NODE_EXTRA_CA_CERTS=${authorityFile}`;
  output.log({ level: "info", message });
  return { cert, key };
}

/** A TypeError starts with the name of the option: `accessKey`, `tls.cert`. */
function inFlags(message: string, nameOf: CliSettings["nameOf"]): string {
  return message.replace(/^(?:tls\.)?(\w+)/, (option, name: string) => {
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return flag in flags ? nameOf(flag) : option;
  });
}

function stopOnSignals(emulator: Emulator, output: Output): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(exitCodes.failed);
    stopping = true;
    output.log({ level: "info", message: `${signal}: stopping` });
    emulator.close().catch((error: unknown) => {
      output.log({ level: "error", message: explain(error).message });
      process.exitCode = exitCodes.failed;
    });
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

function explain(error: unknown): { code: number; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  const systemCode = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  if (error instanceof DataFileError) return { code: exitCodes.data, message };
  if (["EADDRINUSE", "EACCES", "EADDRNOTAVAIL", "ENOTFOUND"].includes(systemCode)) {
    return { code: exitCodes.port, message: `${message}. Choose another --port or --host` };
  }
  if (error instanceof UsageError) {
    return { code: exitCodes.usage, message: `${message}. See --help` };
  }
  return { code: exitCodes.failed, message };
}
