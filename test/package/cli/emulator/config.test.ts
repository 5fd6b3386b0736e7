// The file of `--config`, and the schema that is made for it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { commonFlags, type Environment } from "../../../../src/cli/command.js";
import { type CliSettings, readSettings } from "../../../../src/cli/emulator/emulatorSettings.js";
import { flags } from "../../../../src/cli/emulator/flags.js";
import { parse } from "../../../../src/cli/parse.js";
import { type EmulatorOptions, startEmulator } from "../../../../src/emulator/index.js";
import { acsIdentityHere } from "../../../helpers/cli/command.js";
import { codeBlocks } from "../../../helpers/documents.js";
import { startCommand } from "../../../helpers/emulator/command.js";
import { send } from "../../../helpers/emulator/http.js";

const folder = mkdtempSync(join(tmpdir(), "acs-identity-config-"));
const file = join(folder, "emulator.json");
afterAll(() => rmSync(folder, { recursive: true }));

async function settingsOf(args: readonly string[], environment: Environment = {}): Promise<CliSettings> {
  return readSettings(parse(args, { ...flags, ...commonFlags }).values, environment);
}

const example = codeBlocks("docs/emulator.md", "json").find((block) => block.includes("$schema")) ?? "";

async function start(args: readonly string[] = []) {
  const command = startCommand(["--config", file, "--log-level", "silent", ...args]);
  onTestFinished(() => void command.kill("SIGKILL"));
  const { url } = await command.ready();
  const get = async (path: string) => (await send(url, "GET", `/_emulator${path}`)).json;
  return { command, url, get };
}

describe("--config", () => {
  it("gives an emulator the users, applications and assignments of docs/emulator.md, and a reset returns to them", async () => {
    writeFileSync(file, example);
    const { users, entra, teamsExtensionAssignments } = JSON.parse(example);
    const { url, get } = await start();
    const state = async () => ({
      ids: (await get("/users")).users.map(({ id }: { id: string }) => id),
      clientIds: (await get("/entra")).applications.map(({ clientId }: { clientId: string }) => clientId),
      assignments: (await get("/entra")).teamsAssignments,
      teams: (await get("/snapshot")).events.filter(({ type }: { type: string }) => type === "assignmentSet"),
    });
    const before = await state();
    expect(before.ids.toSorted()).toEqual(users.map(({ id }: { id: string }) => id).toSorted());
    expect(before.clientIds).toEqual(
      expect.arrayContaining(entra.applications.map(({ clientId }: { clientId: string }) => clientId)),
    );
    expect(before.assignments).toEqual(
      expect.arrayContaining([expect.objectContaining({ objectId: entra.assignments[0].objectId })]),
    );
    expect(before.teams).toEqual([expect.objectContaining(teamsExtensionAssignments[0])]);
    const { tenantId, objectId } = teamsExtensionAssignments[0];
    await send(url, "DELETE", `/_emulator/teamsExtension/assignments/${tenantId}/${objectId}`);
    await send(url, "DELETE", `/_emulator/entra/assignments/${entra.assignments[0].objectId}`);
    await send(url, "DELETE", `/_emulator/users/${before.ids[0]}`);
    expect(await state()).not.toEqual(before);
    await send(url, "POST", "/_emulator/reset");
    expect(await state()).toEqual(before);
  });

  it("gives way to variables, and these to flags", async () => {
    const given = {
      throttle: 1,
      dateToleranceInMinutes: 1,
      seed: "file",
      strictness: "strict",
      chatForEntraUsers: true,
      https: true,
    };
    writeFileSync(file, JSON.stringify({ ...given, env: ["FROM_FILE"] }));
    const variables = { ACS_EMULATOR_CONFIG: file, ACS_EMULATOR_THROTTLE: "2", ACS_EMULATOR_STRICT: "0" };
    const { emulator, variables: ofFile } = await settingsOf(["--throttle", "3"], variables);
    expect(ofFile).toEqual(["FROM_FILE"]);
    expect((await settingsOf(["--env", "ONE", "--env=Two_2"], variables)).variables).toEqual([
      "ONE",
      "Two_2",
    ]);
    expect(emulator).toEqual({
      ...given,
      throttle: 3,
      strictness: "standard",
      port: 7311,
      host: "127.0.0.1",
    });
    const others = { ...variables, ACS_EMULATOR_CHAT_FOR_ENTRA_USERS: "no", ACS_EMULATOR_HTTPS: "no" };
    expect((await settingsOf(["--seed", "flag"], others)).emulator).toMatchObject({
      throttle: 2,
      dateToleranceInMinutes: 1,
      seed: "flag",
      chatForEntraUsers: false,
      https: false,
    });
    const zeros = ["--throttle", "0", "--date-tolerance=0", "--revocation-delay", "0"];
    expect((await settingsOf(zeros, others)).emulator).toMatchObject({
      throttle: 0,
      dateToleranceInMinutes: 0,
      revocationDelayInSeconds: 0,
    });
  });

  it("sets the port of an emulator for a program, too, unless a flag does", async () => {
    // Some editors begin a file with a byte order mark.
    writeFileSync(file, `\ufeff${JSON.stringify({ port: 7400 })}`);
    const portOf = async (...args: string[]) => {
      const { values } = parse(args, { ...flags, ...commonFlags });
      return (await readSettings(values, {}, true)).emulator.port;
    };
    expect(await portOf()).toBe(0);
    expect(await portOf("--config", file)).toBe(7400);
    expect(await portOf("--config", file, "--port", "7500")).toBe(7500);
  });

  it("loses its https to --cert and --key, and its certificate to --https", async () => {
    writeFileSync(file, JSON.stringify({ https: true }));
    const pem = await settingsOf(["--config", file, "--cert", file, "--key", file]);
    expect(pem.emulator).not.toHaveProperty("https");
    writeFileSync(file, JSON.stringify({ tls: { cert: "x", key: "x" } }));
    expect((await settingsOf(["--config", file, "--https"])).emulator).not.toHaveProperty("tls");
    expect((await settingsOf(["--config", file])).emulator.tls).toEqual({ cert: "x", key: "x" });
  });

  it.each([
    ['{\n  "usres": []\n}', ":2: usres isn't a member. Did you mean users?"],
    [
      '{ "entra": {\n "applications": [\n{ "clientId": "x", "clientSecret": ["hush"] }] } }',
      ":3: clientSecret isn't a member. Did you mean clientSecrets?",
    ],
    ['{ "onLog": "x" }', ":1: onLog isn't a member. The members are port, host, "],
    ['{ "endpoint=x;accesskey=hush": 1 }', ":1: one of the members isn't a member. The members are "],
    ['{\n\n  "users": hush\n}', ":3: this isn't a JSON object"],
    ["[]", ":1: this isn't a JSON object"],
    ["", ":1: this isn't a JSON object"],
    ['{ "env": ["hush="] }', ": env must be names of environment variables"],
    ['{ "env": null }', ": env must be names of environment variables"],
    ['{ "env": {} }', ": env must be names of environment variables"],
    ['{ "users": [{ "id": "hush" }] }', ": A user's id must be a string that starts with 8:acs:"],
    ['{ "accessKey": "!hush!" }', ": accessKey must be base64"],
    ['{ "entra": { "users": {} } }', ": entra's users must be an array"],
  ])("with %j exits with 2 and says where the mistake is", async (content, message) => {
    writeFileSync(file, content);
    const { code, out, err } = await acsIdentityHere(["emulator", "--config", file]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.startsWith(`${file}${message}`), err).toBe(true);
    expect(err).not.toContain("hush");
  });

  it("that can't be read is named", async () => {
    const { code, err } = await acsIdentityHere(["emulator", "--config", join(folder, "none.json")]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^--config: ENOENT: /) });
  });

  it("is what --seed suggests for a file", async () => {
    const { code, err } = await acsIdentityHere(["emulator", "--seed", "seeds.json"]);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^--seed takes text, not a file\. For a file of users and applications: --config FILE\. See /,
    );
  });
});

describe("the schema of --config", () => {
  const schema = JSON.parse(
    readFileSync(new URL("../../../../dist/emulatorConfig.schema.json", import.meta.url), "utf8"),
  );
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const isValid = ajv.compile(schema);

  it("accepts the example of docs/emulator.md, and neither a misspelt member nor a wrong value", () => {
    expect(isValid(JSON.parse(example)), JSON.stringify(isValid.errors)).toBe(true);
    expect(isValid({ usres: [] })).toBe(false);
    expect(isValid({ users: [{ ID: "x" }] })).toBe(false);
    expect(isValid({ throttle: "much" })).toBe(false);
  });

  it("has every option of startEmulator that isn't a function, with a description", async () => {
    const error: Error = await startEmulator({ nothing: 1 } as EmulatorOptions).catch((reason) => reason);
    const options = error.message.replace(/.*The options are /, "").split(", ");
    const expected = options.filter((name) => name !== "onLog");
    expect(Object.keys(schema.properties).toSorted()).toEqual(["$schema", "env", ...expected].toSorted());
    const described = Object.values<{ description?: string }>(schema.properties);
    expect(described.filter(({ description }) => !description)).toEqual([]);
  });
});
