import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { EmulatorOptions, LogLevel } from "../options.js";
import { DEFAULT_PORT, flags, variableOf } from "./usage.js";

/** What the command line and the environment ask for. */
export interface CliSettings {
  readonly action: "start" | "help" | "version";
  readonly emulator: EmulatorOptions;
  readonly logLevel: LogLevel | "silent";
  readonly json: boolean;
}

/** An option that can't be used. The message says which and why, and holds no secret. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

/**
 * A flag goes before its environment variable.
 * @throws UsageError
 */
export function readSettings(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): CliSettings {
  const values = { ...fromEnvironment(environment), ...fromArguments(args) };
  const text = (name: string): string | undefined =>
    typeof values[name] === "string" ? values[name] : undefined;
  if (values.strict && values.loose) throw new UsageError("--strict and --loose exclude each other");
  return {
    action: values.help ? "help" : values.version ? "version" : "start",
    emulator: {
      port: port(text("port")),
      host: text("host") ?? "127.0.0.1",
      strictness: values.strict ? "strict" : values.loose ? "loose" : "standard",
      ...optional("accessKey", text("access-key")),
      ...optional("resourceId", text("resource-id")),
      ...optional("seed", text("seed")),
      ...optional("data", text("data")),
      ...optional("throttle", factor(text("throttle"))),
      ...optional("tls", tls(text("cert"), text("key"))),
    },
    logLevel: logLevel(text("log-level")),
    json: values.json === true,
  };
}

function fromArguments(args: readonly string[]): Values {
  const options = Object.fromEntries(Object.entries(flags).map(([name, { type }]) => [name, { type }]));
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values as Values;
  } catch (error) {
    throw new UsageError(argumentProblem(error));
  }
}

/** The message for a stray argument repeats it, and it may be a connection string. */
function argumentProblem(error: unknown): string {
  const isStray = (error as NodeJS.ErrnoException).code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL";
  return isStray || !(error instanceof Error) ? "Every option starts with --" : error.message;
}

function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): Values {
  const values: Record<string, string | boolean> = {};
  for (const [name, { type }] of Object.entries(flags)) {
    const value = environment[variableOf(name)];
    if (value === undefined || value === "" || name === "help" || name === "version") continue;
    values[name] = type === "string" ? value : isTrue(variableOf(name), value);
  }
  return values;
}

function isTrue(name: string, value: string): boolean {
  if (["1", "true", "yes", "on"].includes(value.toLowerCase())) return true;
  if (["0", "false", "no", "off"].includes(value.toLowerCase())) return false;
  throw new UsageError(`${name} must be true or false`);
}

function port(text: string | undefined): number {
  const number = Number(text ?? DEFAULT_PORT);
  if (!/^\d{1,5}$/.test(text ?? "0") || number > 65_535)
    throw new UsageError("--port must be a number from 0 to 65535");
  return number;
}

function factor(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!(number > 0 && number < Number.POSITIVE_INFINITY))
    throw new UsageError("--throttle must be a number above 0");
  return number;
}

function logLevel(text: string = "info"): CliSettings["logLevel"] {
  const levels = ["silent", "error", "warn", "info", "debug"] as const;
  const level = levels.find((name) => name === text);
  if (!level) throw new UsageError(`--log-level must be one of ${levels.join(", ")}`);
  return level;
}

function tls(cert: string | undefined, key: string | undefined): EmulatorOptions["tls"] {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new UsageError("--cert and --key need each other");
  return { cert: readPem("--cert", cert), key: readPem("--key", key) };
}

function readPem(flag: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${flag}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<Name, Value>>);
}
