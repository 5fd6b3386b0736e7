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
  /** Returns where a flag's value came from: `--port`, or its environment variable. */
  readonly nameOf: (flag: string) => string;
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
 * Flags take precedence over environment variables, also over those of flags that they exclude.
 * @param forProgram - Whether the emulator only runs for a program, on a free port and silently by default.
 * @throws CommandError if a value is invalid or two options can't be combined.
 */
export function readSettings(given: Values, environment: Environment, forProgram = false): CliSettings {
  const excluded = Object.keys(given).flatMap((flag) => excludedBy[flag] ?? []);
  const fromVariables = Object.entries(fromEnvironment(environment)).filter(
    ([flag]) => !excluded.includes(flag),
  );
  const values: Values = { ...Object.fromEntries(fromVariables), ...given };
  const nameOf = (flag: string): string => (flag in given ? `--${flag}` : variableOf(flag));
  const text = (flag: string): string | undefined =>
    typeof values[flag] === "string" ? values[flag] : undefined;
  const option = (flag: string): Given => [nameOf(flag), text(flag)];
  if (values.strict && values.loose) {
    throw usageError(`${nameOf("strict")} and ${nameOf("loose")} can't be combined`);
  }
  if (values.https && (values.cert ?? values.key) !== undefined) {
    throw usageError(`${nameOf("https")} makes a certificate: it excludes --cert and --key`);
  }
  return {
    emulator: {
      port: port(option("port")) ?? (forProgram ? 0 : defaultPort),
      host: text("host") ?? "127.0.0.1",
      strictness: values.strict ? "strict" : values.loose ? "loose" : "standard",
      ...optional("accessKey", text("access-key")),
      ...optional("resourceId", text("resource-id")),
      ...optional("seed", text("seed")),
      ...optional("data", text("data")),
      ...(values.https ? { https: true } : {}),
      ...(values["chat-for-entra-users"] ? { chatForEntraUsers: true } : {}),
      ...(values["encrypted-tokens"] ? { encryptedTokens: true } : {}),
      ...optional("throttle", positive(option("throttle"))),
      ...optional("dateToleranceInMinutes", positive(option("date-tolerance"))),
      ...optional("tls", tls(option("cert"), option("key"))),
    },
    logLevel: logLevel(option("log-level")) ?? (forProgram ? "silent" : "info"),
    json: values.json === true,
    nameOf,
  };
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
  return { cert: readPem(certName, cert), key: readPem(keyName, key) };
}

function readPem(name: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
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
