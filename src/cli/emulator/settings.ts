import { readFileSync } from "node:fs";
import type { EmulatorOptions, LogLevel } from "../../emulator/options.js";
import { commonFlags, type Environment } from "../command.js";
import { usageError } from "../commandError.js";
import { yes } from "../output.js";
import type { Values } from "../parse.js";
import { defaultPort, flags, variableOf } from "./flags.js";

/** The settings from the command line and the environment. */
export interface CliSettings {
  readonly emulator: EmulatorOptions;
  readonly logLevel: LogLevel | "silent";
  readonly json: boolean;
  /** Returns where a flag's value came from, `--port` or its environment variable. Undefined if it wasn't given there. */
  readonly nameOf: (flag: string) => string | undefined;
  /** The file of `--config`. */
  readonly configFile: string | undefined;
}

/** A value and where it came from: `--port`, or its environment variable. */
type Given = readonly [name: string, text: string | undefined];

/** The flags that can't be combined with a flag. */
const excludedBy: Readonly<Record<string, readonly string[]>> = {
  strict: ["loose"],
  loose: ["strict"],
  https: ["cert", "key"],
  cert: ["https"],
  key: ["https"],
};

/**
 * Flags take precedence over environment variables, also over those of flags that they exclude, and these over the file of
 * `--config`.
 * @param forProgram - Whether the emulator only runs for a program, on a free port and silently by default.
 * @throws CommandError if a value is invalid or two options can't be combined.
 */
export async function readSettings(
  given: Values,
  environment: Environment,
  forProgram = false,
): Promise<CliSettings> {
  const excluded = Object.keys(given).flatMap((flag) => excludedBy[flag] ?? []);
  const fromVariables = Object.entries(fromEnvironment(environment)).filter(
    ([flag]) => !excluded.includes(flag),
  );
  const values: Values = { ...Object.fromEntries(fromVariables), ...given };
  const nameOf = (flag: string): string | undefined => {
    if (values[flag] === undefined) return undefined;
    return flag in given ? `--${flag}` : variableOf(flag);
  };
  const option = (flag: string): Given => [nameOf(flag) ?? `--${flag}`, textOf(values[flag])];
  const text = (flag: string): string | undefined => textOf(values[flag]);
  if (values.strict && values.loose) {
    throw usageError(`${nameOf("strict")} and ${nameOf("loose")} can't be combined`);
  }
  if (values.https && (values.cert ?? values.key) !== undefined) {
    throw usageError(`${nameOf("https")} makes a certificate: it excludes --cert and --key`);
  }
  const configFile = text("config");
  const {
    https,
    tls: pem,
    ...config
  } = configFile === undefined ? {} : await configOf(option("config"), configFile);
  const givenTls = tls(option("cert"), option("key"));
  const isHttps = givenTls ? undefined : (values.https ?? https);
  return {
    emulator: {
      port: forProgram ? 0 : defaultPort,
      host: "127.0.0.1",
      ...config,
      ...optional("port", port(option("port"))),
      ...optional("host", text("host")),
      ...optional("strictness", strictness(values)),
      ...optional("accessKey", text("access-key")),
      ...optional("resourceId", text("resource-id")),
      ...optional("seed", seed(option("seed"))),
      ...optional("data", text("data")),
      ...optional("https", isHttps as boolean | undefined),
      ...optional("chatForEntraUsers", values["chat-for-entra-users"] as boolean | undefined),
      ...optional("encryptedTokens", values["encrypted-tokens"] as boolean | undefined),
      ...optional("throttle", positive(option("throttle"))),
      ...optional("dateToleranceInMinutes", positive(option("date-tolerance"))),
      ...optional("tls", givenTls ?? (values.https ? undefined : pem)),
    },
    logLevel: logLevel(option("log-level")) ?? (forProgram ? "silent" : "info"),
    json: values.json === true,
    nameOf,
    configFile,
  };
}

async function configOf([name]: Given, file: string): Promise<EmulatorOptions> {
  const text = readText(name, file);
  // Loaded lazily: few emulators have such a file.
  const { readConfig } = await import("./config.js");
  return readConfig(file, text);
}

function textOf(value: Values[string]): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A variable that is false overrides the file. */
function strictness({ strict, loose }: Values): EmulatorOptions["strictness"] {
  if (strict || loose) return strict ? "strict" : "loose";
  return (strict ?? loose) === undefined ? undefined : "standard";
}

function seed([name, text]: Given): string | undefined {
  if (text === undefined || !/[\\/]|\.json$/i.test(text)) return text;
  throw usageError(`${name} takes text, not a file. For a file of users and applications: --config FILE`);
}

function fromEnvironment(environment: Environment): Values {
  const values: Record<string, string | boolean> = {};
  for (const [name, { type }] of Object.entries({ ...flags, json: commonFlags.json })) {
    const value = environment[variableOf(name)];
    if (value === undefined || value === "") continue;
    values[name] = type === "string" ? value : isTrue(variableOf(name), value);
  }
  return values;
}

function isTrue(name: string, value: string): boolean {
  if (yes.includes(value.toLowerCase())) return true;
  if (["0", "false", "no", "off"].includes(value.toLowerCase())) return false;
  throw usageError(`${name} must be true or false`);
}

function port([name, text]: Given): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number > 65_535)
    throw usageError(`${name} must be a number from 0 to 65535`);
  return number;
}

function positive([name, text]: Given): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!(number > 0 && number < Number.POSITIVE_INFINITY))
    throw usageError(`${name} must be a number above 0`);
  return number;
}

function logLevel([name, text]: Given): CliSettings["logLevel"] | undefined {
  if (text === undefined) return undefined;
  const levels = ["silent", "error", "warn", "info", "debug"] as const;
  const level = levels.find((each) => each === text);
  if (!level) throw usageError(`${name} must be one of ${levels.join(", ")}`);
  return level;
}

function tls([certName, cert]: Given, [keyName, key]: Given): EmulatorOptions["tls"] {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw usageError("--cert and --key must be used together");
  return { cert: readText(certName, cert), key: readText(keyName, key) };
}

function readText(name: string, file: string): string {
  try {
    // Unlike readFileSync, it removes a byte order mark.
    return new TextDecoder().decode(readFileSync(file));
  } catch (error) {
    throw usageError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<Name, Value>>);
}
