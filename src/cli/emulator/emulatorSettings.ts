import { readFileSync } from "node:fs";
import type { EmulatorConfig } from "../../emulator/options/emulatorConfig.js";
import type { EmulatorOptions, LogLevel } from "../../emulator/options/options.js";
import { commonFlags, type Environment } from "../command.js";
import { usageError } from "../errors.js";
import { logLevels, yes } from "../output.js";
import type { Values } from "../parse.js";
import { defaultCommandPort, flags, variableForFlag } from "./flags.js";

export interface CliSettings {
  readonly emulator: EmulatorOptions;
  readonly logLevel: LogLevel | "silent";
  readonly json: boolean;
  readonly exitsWithStdin: boolean;
  /** The environment variables that hold the connection string, besides the usual one. */
  readonly variables: readonly string[];
  /** Returns where a flag's value came from, `--port` or its environment variable. Undefined if it wasn't given there. */
  readonly findSource: (flag: string) => string | undefined;
  readonly configFile: string | undefined;
}

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
  const findSource = (flag: string): string | undefined => {
    if (values[flag] === undefined) return undefined;
    return flag in given ? `--${flag}` : variableForFlag(flag);
  };
  const text = <Value = string>(flag: string, read: Reader<Value>): Value | undefined => {
    const value = values[flag];
    return typeof value === "string" ? read(value, findSource(flag) ?? flag) : undefined;
  };
  const isOn = (flag: string) => values[flag] as boolean | undefined;
  if (values.strict && values.loose) {
    throw usageError(`${findSource("strict")} and ${findSource("loose")} can't be combined`);
  }
  if (values.https && (values.cert ?? values.key) !== undefined) {
    throw usageError(`${findSource("https")} makes a certificate: it excludes --cert and --key`);
  }
  const [cert, key] = [text("cert", readText), text("key", readText)];
  if ((cert === undefined) !== (key === undefined))
    throw usageError("--cert and --key must be used together");
  if (forProgram && values["exit-with-stdin"])
    throw usageError(`${findSource("exit-with-stdin")} can't be combined with a command`);
  const configFile = text("config", asItIs);
  const { https, tls, env = [], ...config } = (await text("config", readConfigFile)) ?? {};
  const variables = [text("env", list) ?? env].flat();
  const whereNamed = findSource("env") ?? `${configFile}: env`;
  if (!variables.every((name) => typeof name === "string" && /^[A-Z_]\w*$/i.test(name)))
    throw usageError(`${whereNamed} must be names of environment variables`);
  const taken = variables.find((name) => otherVariables.test(name));
  if (taken) throw usageError(`${whereNamed} can't be ${taken}, which the emulator sets to something else`);
  const givenTls = cert !== undefined && key !== undefined ? { cert, key } : undefined;
  return {
    emulator: {
      port: forProgram ? 0 : defaultCommandPort,
      host: "127.0.0.1",
      ...config,
      ...defined({
        port: text("port", port),
        host: text("host", asItIs),
        allowedHosts: text("allow-host", list),
        strictness: strictness(values),
        accessKey: text("access-key", asItIs),
        secondaryAccessKey: text("secondary-access-key", asItIs),
        audience: text("audience", asItIs),
        resourceId: text("resource-id", asItIs),
        seed: text("seed", seed),
        data: text("data", asItIs),
        https: givenTls ? undefined : (isOn("https") ?? https),
        chatForEntraUsers: isOn("chat-for-entra-users"),
        encryptedTokens: isOn("encrypted-tokens"),
        throttle: text("throttle", numberFrom0),
        dateToleranceInMinutes: text("date-tolerance", numberFrom0),
        revocationDelayInSeconds: text("revocation-delay", numberFrom0),
        tls: givenTls ?? (values.https ? undefined : tls),
      }),
    },
    logLevel: text("log-level", logLevel) ?? (forProgram ? "silent" : "info"),
    json: values.json === true,
    exitsWithStdin: values["exit-with-stdin"] === true,
    variables,
    findSource,
    configFile,
  };
}

/** The variables that a program gets besides those with the connection string. */
const otherVariables =
  /^(?:COMMUNICATION_(?:ENDPOINT|ACCESS_KEY|TRUST_STORE)|AZURE_(?:TENANT_ID|CLIENT_ID|CLIENT_SECRET|AUTHORITY_HOST)|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|(?:REQUESTS|CURL)_CA_BUNDLE|NO_PROXY|PIP_CERT|DENO_CERT|PHP_INI_SCAN_DIR|JAVA_TOOL_OPTIONS)$/i;

/** @param name - Where the text came from: `--port`, or its environment variable. */
type Reader<Value> = (text: string, name: string) => Value;

const asItIs: Reader<string> = (text) => text;

/** Splits at blanks, too: PowerShell makes blanks of the commas in an argument without quotes. */
const list: Reader<string[]> = (text) => text.split(/[\s,]+/);

async function readConfigFile(file: string, name: string): Promise<EmulatorConfig> {
  const text = readText(file, name);
  // The reader is loaded only if it's needed, because few emulators have such a file.
  const { readConfig } = await import("../../emulator/options/emulatorConfig.js");
  try {
    return readConfig(file, text);
  } catch (error) {
    throw error instanceof TypeError ? usageError(error.message) : error;
  }
}

/** Returns `standard` if a flag or a variable is false, which overrides the file. */
function strictness({ strict, loose }: Values): EmulatorOptions["strictness"] {
  if (strict || loose) return strict ? "strict" : "loose";
  return (strict ?? loose) === undefined ? undefined : "standard";
}

function seed(text: string, name: string): string {
  if (!/[\\/]|\.json$/i.test(text)) return text;
  throw usageError(`${name} takes text, not a file. For a file of users and applications: --config FILE`);
}

function fromEnvironment(environment: Environment): Values {
  const values: Record<string, string | boolean> = {};
  for (const [name, { type }] of Object.entries({ ...flags, json: commonFlags.json })) {
    const value = environment[variableForFlag(name)];
    if (value === undefined || value === "") continue;
    values[name] = type === "string" ? value : isTrue(variableForFlag(name), value);
  }
  return values;
}

function isTrue(name: string, value: string): boolean {
  if (yes.includes(value.toLowerCase())) return true;
  if (["0", "false", "no", "off"].includes(value.toLowerCase())) return false;
  throw usageError(`${name} must be true or false`);
}

function port(text: string, name: string): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number <= 65_535) return number;
  throw usageError(`${name} must be a number from 0 to 65535`);
}

function numberFrom0(text: string, name: string): number {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (number >= 0 && number < Number.POSITIVE_INFINITY) return number;
  throw usageError(`${name} must be a number from 0`);
}

function logLevel(text: string, name: string): CliSettings["logLevel"] {
  const level = logLevels.find((each) => each === text);
  if (level) return level;
  throw usageError(`${name} must be one of ${logLevels.join(", ")}`);
}

function readText(file: string, name: string): string {
  try {
    // Unlike readFileSync, TextDecoder removes a byte order mark.
    return new TextDecoder().decode(readFileSync(file));
  } catch (error) {
    throw usageError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function defined<Value extends object>(
  value: Value,
): { [Name in keyof Value]?: Exclude<Value[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Value;
}
