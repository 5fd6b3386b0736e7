// The first minutes with the installed emulator: its data file, https and sign-in.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { readSteps, teamsSteps } from "../docs/firstSteps.js";
import { type Command, runCommand, startCommand } from "../emulator/command.js";
import { killUnderLoad } from "../emulator/data/killUnderLoad.js";
import { send } from "../emulator/http.js";
import { inProject, installedCommand, run, runNode } from "./project.js";

const started: ChildProcess[] = [];
let folder: string;
let data: string;
let count = 0;

/** Each test has a folder of its own for its data file. */
function newFolder(): void {
  folder = inProject(`état ${++count}`);
  mkdirSync(folder);
  data = join(folder, "state.jsonl");
}

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
});

function start(
  args: readonly string[] = ["--data", data],
  environment: Record<string, string> = {},
): Command {
  const command = startCommand(args, environment, installedCommand("acsIdentityEmulator"));
  started.push(command.process);
  return command;
}

/** Runs code in a second process until the test ends, and waits for its first output. */
async function other(code: string, ...args: readonly string[]): Promise<{ end(): Promise<void> }> {
  const child = spawn(process.execPath, ["--eval", code, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  await once(child.stdout, "data");
  return {
    end: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

/** Has a file open for reading until it is ended, as a backup or a virus scanner does. */
const holding = `require("node:fs").openSync(process.argv[1], "r"); console.log("open"); setInterval(() => {}, 1e6)`;

/** Opens, reads and closes a file all the time. */
const rereading = `
  const fs = require("node:fs");
  setInterval(() => { try { fs.readFileSync(process.argv[1]) } catch {} }, 1);
  console.log("reading");
`;

async function createUser(url: string): Promise<string> {
  const { status, json } = await send(url, "POST", "/_emulator/users", { body: {} });
  expect(status).toBe(201);
  return json.id;
}

async function usersOf(url: string): Promise<string[]> {
  const { status, json } = await send(url, "GET", "/_emulator/users?limit=1000");
  expect(status).toBe(200);
  return json.users.map(({ id }: { id: string }) => id);
}

describe("the data file of the installed emulator", () => {
  it("keeps what was acknowledged when the process is ended, whose lock blocks nobody", async () => {
    newFolder();
    const acknowledged = await killUnderLoad(start(), 100, 8);
    const { url } = await start().ready();
    const known = new Set(await usersOf(url));
    expect(acknowledged.length).toBeGreaterThanOrEqual(100);
    expect(acknowledged.filter((id) => !known.has(id))).toEqual([]);
  });

  it("is refused to a second emulator, by another spelling of its name, too", async () => {
    newFolder();
    await start().ready();
    for (const name of [
      data,
      process.platform === "win32" ? data.toUpperCase() : `${folder}/./state.jsonl`,
    ]) {
      const second = start(["--data", name]);
      expect(await second.ended).toBe(4);
      expect(second.err()).toMatch(
        /another emulator or program has .+ open|another emulator is using this file/,
      );
      expect(second.err()).not.toContain("unknown");
    }
  });

  it("can be replaced again once another program lets go of it, and is read and written meanwhile", async () => {
    newFolder();
    const emulator = start();
    const { url } = await emulator.ready();
    const first = await createUser(url);
    const holder = await other(holding, data);
    const reset = send(url, "POST", "/_emulator/reset");
    expect(await usersOf(url)).toEqual([first]);
    const { status, json } = await reset;
    if (process.platform === "win32") {
      expect({ status, message: json.error.message }).toEqual({
        status: 500,
        message: expect.stringMatching(/^Nothing was changed: .+ can't be written: E(?:PERM|BUSY)/),
      });
      expect(emulator.err()).toContain('"level":"error","message":"Nothing was changed: ');
      const second = await createUser(url);
      expect(await usersOf(url)).toEqual([second, first]);
    } else expect(status).toBe(204);
    await holder.end();
    expect((await send(url, "POST", "/_emulator/reset")).status).toBe(204);
    expect(await usersOf(url)).toEqual([]);
    const kept = await createUser(url);
    await emulator.kill("SIGKILL");
    expect(await usersOf((await start().ready()).url)).toEqual([kept]);
  });

  it("survives a program that holds the file that replaces it", async () => {
    newFolder();
    const emulator = start();
    const { url } = await emulator.ready();
    writeFileSync(`${data}.new`, "left by a killed emulator");
    const holder = await other(holding, `${data}.new`);
    const before = await createUser(url);
    const { status } = await send(url, "POST", "/_emulator/reset");
    expect(await usersOf(url)).toEqual(status === 204 ? [] : [before]);
    await holder.end();
    expect((await send(url, "POST", "/_emulator/reset")).status).toBe(204);
    const kept = await createUser(url);
    await emulator.kill("SIGKILL");
    expect(await usersOf((await start().ready()).url)).toEqual([kept]);
  });

  it("isn't used while another program has its lock open, which is said", async () => {
    newFolder();
    await start()
      .ready()
      .then(() => started[0]?.kill("SIGKILL"));
    await once(started[0] as ChildProcess, "exit");
    const holder = await other(holding, `${data}.lock`);
    const emulator = start();
    if (process.platform === "win32") {
      expect(await emulator.ended).toBe(4);
      expect(emulator.err()).toMatch(/another emulator or program has .+\.lock open/);
    } else await emulator.ready();
    await emulator.kill("SIGKILL");
    await holder.end();
    await start().ready();
  });

  it("keeps every change while another program opens it all the time, and through its replacements", async () => {
    newFolder();
    const emulator = start();
    const { url } = await emulator.ready();
    await other(rereading, data);
    let kept: string[] = [];
    for (let round = 0; round < 5; round++) {
      const { status } = await send(url, "POST", "/_emulator/reset");
      if (status === 204) kept = [];
      for (let user = 0; user < 10; user++) kept.unshift(await createUser(url));
    }
    await emulator.kill("SIGKILL");
    expect(await usersOf((await start().ready()).url)).toEqual(kept);
  });

  it("isn't compacted at a start while another program has it open, which is a warning", async () => {
    newFolder();
    const emulator = start();
    const { url, connectionString } = await emulator.ready();
    const id = await createUser(url);
    await runNode([installedCommand(), "token", "revoke", id], {
      COMMUNICATION_CONNECTION_STRING: connectionString,
    });
    await emulator.kill("SIGKILL");
    const lines = readFileSync(data, "utf8").trimEnd().split("\n");
    const last = lines.pop() ?? "";
    // Nobody needs to know of a revocation that is older than a day.
    const old = JSON.stringify({ ...JSON.parse(last), at: 5 });
    writeFileSync(data, `${[...lines, ...Array(1500).fill(old), last].join("\n")}\n`);
    const holder = await other(holding, data);
    const second = start();
    const { url: again } = await second.ready();
    expect(await usersOf(again)).toEqual([id]);
    if (process.platform === "win32")
      expect(second.err()).toContain("couldn't be compacted, so it stays as it is");
    await second.kill("SIGKILL");
    await holder.end();
    await start().ready();
    expect(readFileSync(data, "utf8").split("\n").length).toBeLessThan(100);
  });

  it("is named if an editor gave it a byte order mark, and accepted with CRLF", async () => {
    newFolder();
    const emulator = start();
    const id = await createUser((await emulator.ready()).url);
    await emulator.kill("SIGKILL");
    const text = readFileSync(data, "utf8");
    writeFileSync(data, `\ufeff${text}`);
    const refused = start();
    expect(await refused.ended).toBe(4);
    expect(refused.err()).toContain("byte order mark");
    writeFileSync(data, text.replaceAll("\n", "\r\n"));
    expect(await usersOf((await start().ready()).url)).toEqual([id]);
  });

  it.runIf(process.platform === "win32")("can't have a name that Windows keeps for a device", async () => {
    newFolder();
    for (const name of ["NUL", "con.jsonl"]) {
      const refused = start(["--data", join(folder, name)]);
      expect(await refused.ended).toBe(4);
      expect(refused.err()).toContain("Windows keeps this name for a device");
    }
  });
});

describe("the installed emulator with --https", () => {
  it("makes a certificate that Node trusts when told to, and signs @azure/identity in", async () => {
    newFolder();
    const home = { HOME: folder, USERPROFILE: folder };
    const { url, connectionString, entra } = await start(["--https"], home).ready();
    expect(url).toMatch(/^https:/);
    const trust = { NODE_EXTRA_CA_CERTS: join(folder, ".acs-identity-emulator", "cert.pem") };
    const doctor = await runNode([installedCommand(), "doctor"], {
      COMMUNICATION_CONNECTION_STRING: connectionString,
      ...trust,
    });
    expect(doctor).toMatchObject({ code: 0, err: "" });

    const program = `
      const { DefaultAzureCredential } = require("@azure/identity");
      const { CommunicationIdentityClient } = require("acs-identity");
      const credential = new DefaultAzureCredential({ disableInstanceDiscovery: true });
      const client = new CommunicationIdentityClient(process.env.COMMUNICATION_ENDPOINT, credential);
      client.createUser().then(({ communicationUserId }) => console.log(communicationUserId));
    `;
    const signedIn = await runNode(["--eval", program], {
      COMMUNICATION_ENDPOINT: url,
      AZURE_TENANT_ID: entra.tenantId,
      AZURE_CLIENT_ID: entra.clientId,
      AZURE_CLIENT_SECRET: entra.clientSecret,
      AZURE_AUTHORITY_HOST: entra.authorityHost,
      ...trust,
    });
    expect(signedIn).toEqual({ code: 0, out: expect.stringMatching(/^8:acs:/), err: "" });
  });
});

/** Waits until the emulator has printed everything that a new user needs. */
async function printed(emulator: Command): Promise<string[]> {
  while (!/^# NODE_EXTRA_CA_CERTS/m.test(emulator.out())) {
    const next = once(emulator.process.stdout ?? emulator.process, "data");
    if (!Array.isArray(await Promise.race([next, emulator.ended]))) throw new Error(emulator.err());
  }
  return emulator.out().split("\n");
}

describe.runIf(process.platform === "win32")("cmd", () => {
  it("takes the lines that the emulator prints, and those of README.md and the manual", async () => {
    // cmd reads a batch file in an old code page, so the path in a line for it is in ASCII.
    const home = mkdtempSync(join(tmpdir(), "acs-identity-home-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const emulator = runCommand(
      ["--port", "0", "--https"],
      { USERPROFILE: home },
      installedCommand("acsIdentityEmulator"),
    );
    started.push(emulator.process);
    const lines = await printed(emulator);
    writeFileSync(
      inProject(".env"),
      lines.filter((line) => /^(?:AZURE_|COMMUNICATION_|#)/.test(line)).join("\n"),
    );
    const pages = [readSteps("README.md"), readSteps("docs/entra.md"), teamsSteps()];
    for (const [name, content] of pages.flatMap(({ files }) => files))
      writeFileSync(inProject(name), content);
    const assignments = lines.filter((line) => line.startsWith('set "'));
    expect(assignments).toHaveLength(2);
    const commands = pages.flatMap((page) => page.commands);
    // npx runs this program, too.
    commands.push("call node_modules\\.bin\\acs-identity doctor");
    writeFileSync(inProject("firstSteps.cmd"), ["@echo off", ...assignments, ...commands, ""].join("\r\n"));

    const { code, out, err } = await run("cmd.exe", ["/d", "/c", "firstSteps.cmd"], {
      PATH: `${dirname(process.execPath)};${process.env.PATH}`,
    });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const id = "8:acs:[-_0-9a-f]+";
    expect(out).toMatch(
      new RegExp(
        `^${id} \\d{4}-\\d\\d-\\d\\dT[^]+# pass 1[^]+communicationUserId: '${id}'[^]+Entra user, until`,
      ),
    );
    expect(out).toMatch(/\[ok\] Access key: the service accepts it\s*$/);
  });
});
