// The first minutes with the installed package.
import { existsSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { withMarks } from "../cli/command.js";
import { listen } from "../helpers/server.js";
import { inProject, installedCommand, type Outcome, runNode } from "./project.js";

const variable = "COMMUNICATION_CONNECTION_STRING";
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

function acsIdentity(args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Outcome> {
  return runNode([installedCommand(), ...args], environment);
}

/** A program that gets a token from the fake, except for its imports. */
const program = `
const service = createFakeIdentityService();
const { connectionString, httpClient } = service;
const client = new CommunicationIdentityClient(connectionString, { httpClient });
client.createUserAndToken(["voip"]).then(async ({ user, token }) => {
  await client.revokeTokens(user);
  console.log((await service.inspectToken(token)).problem);
});
`;

describe("the installed package", () => {
  it.each([
    ["import", "fake.mjs", (name: string) => `from "${name}"`],
    ["require", "fake.cjs", (name: string) => `= require("${name}")`],
  ])("works with %s, and with the fake", async (keyword, file, from) => {
    const start = keyword === "import" ? "import" : "const";
    const client = `${start} { CommunicationIdentityClient } ${from("acs-identity")};\n`;
    const fake = `${start} { createFakeIdentityService } ${from("acs-identity/testing")};\n`;
    writeFileSync(inProject(file), client + fake + program);
    expect(await runNode([inProject(file)])).toEqual({ code: 0, out: "revoked\n", err: "" });
  });

  it.runIf(process.platform === "win32")("has commands for cmd and PowerShell", () => {
    const endings = ["", ".cmd", ".ps1"];
    const names = ["acs-identity", "acs-identity-emulator"].flatMap((name) =>
      endings.map((end) => name + end),
    );
    expect(names.filter((name) => !existsSync(inProject("node_modules/.bin", name)))).toEqual([]);
  });
});

describe("the installed command", () => {
  it("creates a user, issues a token for it, and finds nothing wrong", async () => {
    const environment = { [variable]: emulator.connectionString };
    const { out: id } = await acsIdentity(["user", "create"], environment);
    const { out: token } = await acsIdentity(["token", "issue", id.trim(), "--scope", "voip"], environment);
    expect(await emulator.service.inspectToken(token.trim())).toMatchObject({
      valid: true,
      userId: id.trim(),
    });
    const { code, out } = await acsIdentity(["doctor"], environment);
    expect(code).toBe(0);
    expect(withMarks(out)).toContain("\n✓ Access key: the service accepts it\n");
  });

  it.runIf(process.platform === "win32")("shows how each shell sets the variable, in ASCII", async () => {
    const { code, out } = await acsIdentity(["doctor"]);
    expect(code).toBe(1);
    expect(out).toContain(`set "${variable}=endpoint=...;accesskey=..." (cmd)`);
    expect(out).toContain(`$env:${variable} = "endpoint=...;accesskey=..." (PowerShell)`);
    expect(out).toMatch(/^\[failed\] /);
  });

  it("accepts a variable with the quotes that cmd keeps", async () => {
    const { code } = await acsIdentity(["doctor"], { [variable]: `"${emulator.connectionString}"` });
    expect(code).toBe(0);
  });

  it("reads a .env file with CRLF", async () => {
    const text = `# Settings\r\n${variable}=${emulator.connectionString}\r\nOTHER=1\r\n`;
    writeFileSync(inProject("crlf.env"), text);
    const { code } = await runNode(["--env-file=crlf.env", installedCommand(), "doctor"]);
    expect(code).toBe(0);
  });

  it("shows the byte order mark that Node 20 takes for a part of the first variable's name", async () => {
    writeFileSync(inProject("mark.env"), `\ufeff${variable}=${emulator.connectionString}\n`);
    const { code, out } = await runNode(["--env-file=mark.env", installedCommand(), "doctor"]);
    const reads = await runNode(["--env-file=mark.env", "--print", `process.env.${variable} !== undefined`]);
    if (reads.out === "true\n") expect(code).toBe(0);
    else expect(out).toContain(`"\\ufeff${variable}", which begins with a byte order mark`);
  });
});

describe("a proxy of the environment", () => {
  let proxy: Server;
  const asked: (string | undefined)[] = [];
  let address: string;

  beforeAll(async () => {
    proxy = createServer().on("connect", ({ url }, socket) => {
      asked.push(url);
      socket.on("error", () => undefined).end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    });
    address = `http://127.0.0.1:${await listen(proxy)}`;
  });
  afterAll(() => proxy.close());

  const azure = { [variable]: "endpoint=https://contoso.invalid/;accesskey=c2VjcmV0" };
  const attempt = async (environment: NodeJS.ProcessEnv): Promise<Outcome> => {
    onTestFinished(() => void asked.splice(0));
    return acsIdentity(["user", "create"], { ...azure, ...environment });
  };

  it.each(["HTTPS_PROXY", "https_proxy"])("is used, as named by %s", async (name) => {
    const { code } = await attempt({ [name]: address });
    expect({ code, asked: asked[0] }).toEqual({ code: 1, asked: "contoso.invalid:443" });
  });

  it.each([
    ["NO_PROXY", "*"],
    ["no_proxy", "contoso.invalid"],
  ])("isn't used if %s is %s", async (name, value) => {
    const { code } = await attempt({ HTTPS_PROXY: address, [name]: value });
    expect({ code, asked }).toEqual({ code: 1, asked: [] });
  });
});
