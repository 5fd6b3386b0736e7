import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { commonFlags, type Environment } from "../../../../src/cli/command.js";
import { type CliSettings, readSettings } from "../../../../src/cli/emulator/emulatorSettings.js";
import { flags } from "../../../../src/cli/emulator/flags.js";
import { CommandError } from "../../../../src/cli/errors.js";
import { parse } from "../../../../src/cli/parse.js";
import { type EmulatorOptions, startEmulator } from "../../../../src/emulator/index.js";

async function settingsOf(args: readonly string[], environment: Environment): Promise<CliSettings> {
  return readSettings(parse(args, { ...flags, ...commonFlags }).values, environment);
}

const file = fileURLToPath(import.meta.url);
const source = readFileSync(file, "utf8");

describe("readSettings", async () => {
  it.each<[RegExp, ...string[]]>([
    [/--unknown/, "--unknown"],
    ...["x", "65536", "-1"].map((port): [RegExp, ...string[]] => [/^--port must/, `--port=${port}`]),
    ...["throttle", "date-tolerance", "revocation-delay"].flatMap((flag) =>
      ["-1", " ", "fast", "Infinity"].map((value): [RegExp, ...string[]] => [
        new RegExp(`^--${flag} must be a number from 0$`),
        `--${flag}=${value}`,
      ]),
    ),
    ...["", " ", "1.5", "1e3", "0x10", "000000"].map((port): [RegExp, ...string[]] => [
      /^--port /,
      `--port=${port}`,
    ]),
    [/^--log-level must be one of silent, error, warn, info, debug$/, "--log-level", "INFO"],
    ...["a/b", "a\\b", "seed.JSON"].map((seed): [RegExp, ...string[]] => [
      /^--seed takes text/,
      `--seed=${seed}`,
    ]),
    [/^--strict and --loose/, "--strict", "--loose"],
    [/^--host /, "--host", ""],
    [/^--data /, "--data", ""],
    [/^--env can't be Communication_Endpoint/, "--env", "A", "--env", "Communication_Endpoint"],
    ..."NODE_EXTRA_CA_CERTS SSL_CERT_FILE NO_PROXY PHP_INI_SCAN_DIR COMMUNICATION_ACCESS_KEY AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_CLIENT_SECRET AZURE_AUTHORITY_HOST"
      .split(" ")
      .map((name): [RegExp, ...string[]] => [new RegExp(`^--env can't be ${name}, which`), `--env=${name}`]),
    ...["A-B", "1A", "A,", "A="].map((name): [RegExp, ...string[]] => [/^--env must/, `--env=${name}`]),
    [/^--cert and --key/, "--cert", file],
    [/^--cert and --key/, "--key", file],
    [/^--https makes/, "--https", "--cert", file],
    [/^--https makes/, "--https", "--key", file],
    [/^--cert: ENOENT/, "--cert", "/does/not/exist", "--key", file],
  ])("rejects with %s: %s %s", async (message, ...args) => {
    const settings = settingsOf(args, {});
    await expect(settings).rejects.toThrow(CommandError);
    await expect(settings).rejects.toThrow(message);
  });

  it.each<[Environment, object]>([
    [{ ACS_EMULATOR_STRICT: "TRUE" }, { strictness: "strict" }],
    [{ ACS_EMULATOR_STRICT: "0" }, { strictness: "standard" }],
    [{ ACS_EMULATOR_LOOSE: "No" }, { strictness: "standard" }],
    [{ ACS_EMULATOR_PORT: "" }, { port: 7311 }],
    [{ ACS_EMULATOR_CERT: file, ACS_EMULATOR_KEY: file }, { tls: { cert: source, key: source } }],
  ])("reads the variables %j", async (variables, expected) => {
    expect((await settingsOf([], variables)).emulator).toMatchObject(expected);
  });

  it("names the invalid variable in the error", async () => {
    await expect(settingsOf([], { ACS_EMULATOR_STRICT: "perhaps" })).rejects.toThrow(/^ACS_EMULATOR_STRICT/);
    await expect(settingsOf([], { ACS_EMULATOR_PORT: "abc" })).rejects.toThrow(/^ACS_EMULATOR_PORT must be/);
    await expect(settingsOf(["--key", "x"], { ACS_EMULATOR_CERT: "/does/not/exist" })).rejects.toThrow(
      /^ACS_EMULATOR_CERT: ENOENT/,
    );
  });

  it.each([
    [true, ["1", "true", "yes", "on", "ON"]],
    [false, ["0", "false", "no", "off", "Off"]],
  ])("takes a variable as %s in any of the words %j", async (json, words) => {
    for (const word of words)
      expect(await settingsOf([], { ACS_EMULATOR_JSON: word })).toMatchObject({ json });
  });

  it("lets flags take precedence over their variables and those they exclude", async () => {
    const variables = { ACS_EMULATOR_STRICT: "1", ACS_EMULATOR_PORT: "abc" };
    const { emulator } = await settingsOf(["--loose", "--port", "1"], variables);
    expect(emulator).toMatchObject({ strictness: "loose", port: 1 });
    const strict = await settingsOf(["--strict"], { ACS_EMULATOR_LOOSE: "1" });
    expect(strict.emulator.strictness).toBe("strict");
    await expect(settingsOf([], { ACS_EMULATOR_STRICT: "1", ACS_EMULATOR_LOOSE: "1" })).rejects.toThrow(
      "ACS_EMULATOR_STRICT and ACS_EMULATOR_LOOSE can't be combined",
    );
  });

  it("lets --https take precedence over the variables of a certificate, and the other way around", async () => {
    const missing = { ACS_EMULATOR_CERT: "/does/not/exist", ACS_EMULATOR_KEY: "/does/not/exist" };
    expect((await settingsOf(["--https"], missing)).emulator).toMatchObject({ https: true });
    for (const flag of ["--cert", "--key"]) {
      const variables = { ACS_EMULATOR_CERT: file, ACS_EMULATOR_KEY: file, ACS_EMULATOR_HTTPS: "1" };
      const { emulator } = await settingsOf([flag, file], variables);
      expect([emulator.tls, emulator.https]).toEqual([{ cert: source, key: source }, undefined]);
    }
  });

  it.each<[string, string, object]>([
    ["port", "0", { emulator: { port: 0 } }],
    ["port", "65535", { emulator: { port: 65_535 } }],
    ["host", "0.0.0.0", { emulator: { host: "0.0.0.0" } }],
    ["allow-host", "a.example,b.example", { emulator: { allowedHosts: ["a.example", "b.example"] } }],
    ["allow-host", "a.example b.example", { emulator: { allowedHosts: ["a.example", "b.example"] } }],
    ["env", "_A,b1", { variables: ["_A", "b1"] }],
    ["access-key", "a", { emulator: { accessKey: "a" } }],
    ["secondary-access-key", "b", { emulator: { secondaryAccessKey: "b" } }],
    ["resource-id", "d", { emulator: { resourceId: "d" } }],
    ["audience", "c", { emulator: { audience: "c" } }],
    ["seed", "e.json5", { emulator: { seed: "e.json5" } }],
    ["data", "f", { emulator: { data: "f" } }],
    ["strict", "", { emulator: { strictness: "strict" } }],
    ["loose", "", { emulator: { strictness: "loose" } }],
    ["chat-for-entra-users", "", { emulator: { chatForEntraUsers: true } }],
    ["encrypted-tokens", "", { emulator: { encryptedTokens: true } }],
    ["throttle", "0.5", { emulator: { throttle: 0.5 } }],
    ["date-tolerance", "0", { emulator: { dateToleranceInMinutes: 0 } }],
    ["revocation-delay", "4", { emulator: { revocationDelayInSeconds: 4 } }],
    ["https", "", { emulator: { https: true } }],
    ["exit-with-stdin", "", { exitsWithStdin: true }],
    ...["silent", "error", "warn", "info", "debug"].map((level): [string, string, object] => [
      "log-level",
      level,
      { logLevel: level },
    ]),
    ["json", "", { json: true }],
  ])("reads --%s %s and its variable alike, and nothing else from them", async (flag, value, expected) => {
    const variable = { [`ACS_EMULATOR_${flag.toUpperCase().replaceAll("-", "_")}`]: value || "1" };
    const given: Record<string, unknown> = { emulator: {}, ...expected };
    const { findSource, ...defaults } = await settingsOf([], {});
    const all = { ...defaults, ...given, emulator: { ...defaults.emulator, ...(given.emulator as object) } };
    const byFlag = await settingsOf([value ? `--${flag}=${value}` : `--${flag}`], {});
    const byVariable = await settingsOf([], variable);
    expect(byFlag).toEqual({ ...all, findSource: expect.any(Function) });
    expect(byVariable).toEqual({ ...all, findSource: expect.any(Function) });
    expect([findSource(flag), byFlag.findSource(flag), byVariable.findSource(flag)]).toEqual([
      undefined,
      `--${flag}`,
      Object.keys(variable)[0],
    ]);
  });

  it("has a default for every setting", async () => {
    expect(await settingsOf([], {})).toEqual({
      emulator: { port: 7311, host: "127.0.0.1" },
      logLevel: "info",
      json: false,
      exitsWithStdin: false,
      variables: [],
      configFile: undefined,
      findSource: expect.any(Function),
    });
    const forProgram = await readSettings({}, {}, true);
    expect(forProgram).toMatchObject({ emulator: { port: 0, host: "127.0.0.1" }, logLevel: "silent" });
  });
});

it.each([
  [{ crt: "x" }, "crt is not an option: did you mean tls: { cert, key }?"],
  [{ cert: "x", key: "y" }, "cert is not an option: did you mean tls: { cert, key }?"],
  [{ prot: 1 }, "prot is not an option: did you mean port?"],
  [
    { endpoint: "https://a.example/" },
    /^endpoint is not an option. The options are port, host, allowedHosts, tls, https, data, /,
  ],
  [
    { https: true, tls: { cert: "x", key: "y" } },
    "https creates a certificate, so it can't be combined with tls",
  ],
  ["x", "The options must be an object"],
  [{ host: "" }, /^host /],
  [{ port: "x" }, /^port /],
  [{ port: -1 }, /^port /],
  [{ port: 65_536 }, /^port /],
  [{ data: "" }, /^data /],
  [{ data: true as unknown as string }, /^data must be the path/],
  ...["https://login.example", "*.example", "192.168.0.1", "0x7f.1", "x.localhost", "login"].map(
    (name): [unknown, RegExp] => [{ allowedHosts: [name] }, /^allowedHosts /],
  ),
  [{ host: "localhost.test", allowedHosts: ["Localhost.test"] }, /^allowedHosts /],
  [{ tls: { cert: "x", key: "x" } }, /^tls\.cert /],
])("startEmulator rejects %j", async (options, message) => {
  const started = startEmulator(options as EmulatorOptions);
  started.then((emulator) => emulator.close()).catch(() => {});
  await expect(started).rejects.toThrow(message);
  await expect(started).rejects.toThrow(TypeError);
});
