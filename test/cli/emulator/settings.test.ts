import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { commonFlags, type Environment } from "../../../src/cli/command.js";
import { CommandError } from "../../../src/cli/commandError.js";
import { flags } from "../../../src/cli/emulator/flags.js";
import { type CliSettings, readSettings } from "../../../src/cli/emulator/settings.js";
import { parse } from "../../../src/cli/parse.js";
import { type EmulatorOptions, startEmulator } from "../../../src/emulator/index.js";

async function settingsOf(args: readonly string[], environment: Environment): Promise<CliSettings> {
  return readSettings(parse(args, { ...flags, ...commonFlags }).values, environment);
}

describe("readSettings", async () => {
  it.each([
    ["--unknown"],
    ["--port", "x"],
    ["--port", "70000"],
    ["--port", "-1"],
    ["--throttle", "-1"],
    ["--throttle", " "],
    ["--throttle", "fast"],
    ["--log-level", "loud"],
    ["--strict", "--loose"],
    ["--host", ""],
    ["--data", ""],
    ["--date-tolerance", "-1"],
    ["--date-tolerance", "soon"],
    ["--date-tolerance", "Infinity"],
    ["--cert", "cert.pem"],
    ["--https", "--cert", "cert.pem"],
    ["--https", "--key", "key.pem"],
    ["--cert", "/does/not/exist", "--key", "/does/not/exist"],
  ])("rejects %s %s", async (...args) => {
    await expect(settingsOf(args, {})).rejects.toThrow(CommandError);
  });

  it("rejects a variable that is neither true nor false", async () => {
    await expect(settingsOf([], { ACS_EMULATOR_STRICT: "perhaps" })).rejects.toThrow(/ACS_EMULATOR_STRICT/);
    const { emulator } = await settingsOf([], { ACS_EMULATOR_STRICT: "0" });
    expect(emulator.strictness).toBe("standard");
  });

  it("names the invalid variable in the error", async () => {
    await expect(settingsOf([], { ACS_EMULATOR_PORT: "abc" })).rejects.toThrow(/^ACS_EMULATOR_PORT must be/);
    await expect(settingsOf([], { ACS_EMULATOR_LOG_LEVEL: "loud" })).rejects.toThrow(
      /^ACS_EMULATOR_LOG_LEVEL must/,
    );
    await expect(settingsOf([], { ACS_EMULATOR_THROTTLE: "x" })).rejects.toThrow(
      /^ACS_EMULATOR_THROTTLE must/,
    );
    await expect(settingsOf(["--key", "x"], { ACS_EMULATOR_CERT: "/does/not/exist" })).rejects.toThrow(
      /^ACS_EMULATOR_CERT: ENOENT/,
    );
  });

  it("lets flags take precedence over their variables and those they exclude", async () => {
    const variables = { ACS_EMULATOR_STRICT: "1", ACS_EMULATOR_PORT: "abc" };
    const { emulator } = await settingsOf(["--loose", "--port", "1"], variables);
    expect(emulator).toMatchObject({ strictness: "loose", port: 1 });
    await expect(settingsOf([], { ACS_EMULATOR_STRICT: "1", ACS_EMULATOR_LOOSE: "1" })).rejects.toThrow(
      "ACS_EMULATOR_STRICT and ACS_EMULATOR_LOOSE can't be combined",
    );
  });

  it("lets --https take precedence over the variables of a certificate, and the other way around", async () => {
    const missing = { ACS_EMULATOR_CERT: "/does/not/exist", ACS_EMULATOR_KEY: "/does/not/exist" };
    expect((await settingsOf(["--https"], missing)).emulator).toMatchObject({ https: true });
    const file = fileURLToPath(import.meta.url);
    const { emulator } = await settingsOf(["--cert", file, "--key", file], { ACS_EMULATOR_HTTPS: "1" });
    expect(emulator.tls).toBeDefined();
    expect(emulator.https).toBeUndefined();
  });

  it("reads allowed hosts from a flag that is repeated, or from a variable with commas", async () => {
    const names = ["login.example", "login.test"];
    const flag = await settingsOf(["--allow-host", "login.example", "--allow-host=login.test"], {});
    const variable = await settingsOf([], { ACS_EMULATOR_ALLOW_HOST: "login.example, login.test" });
    expect([flag.emulator.allowedHosts, variable.emulator.allowedHosts]).toEqual([names, names]);
  });

  it("reads the date tolerance in minutes", async () => {
    expect((await settingsOf(["--date-tolerance", "0.5"], {})).emulator.dateToleranceInMinutes).toBe(0.5);
    expect(
      (await settingsOf([], { ACS_EMULATOR_DATE_TOLERANCE: "60" })).emulator.dateToleranceInMinutes,
    ).toBe(60);
  });

  it("has a default for every setting", async () => {
    expect(await settingsOf([], {})).toMatchObject({
      emulator: { port: 7311, host: "127.0.0.1" },
      logLevel: "info",
      json: false,
    });
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
