// The first minutes with the installed package. The suite of vitest.config.ts has the rest.
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Command, runCommand } from "../helpers/emulator/command.js";
import { readSteps, teamsSteps } from "../manual/firstSteps.js";
import { inProject, installedCommand, run, runNode } from "./project.js";

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

/** Waits until the emulator has printed everything that a new user needs. */
async function printed(emulator: Command): Promise<string[]> {
  while (!/^# NODE_EXTRA_CA_CERTS/m.test(emulator.out())) {
    const next = once(emulator.process.stdout ?? emulator.process, "data");
    if (!Array.isArray(await Promise.race([next, emulator.ended]))) throw new Error(emulator.err());
  }
  return emulator.out().split("\n");
}

it.runIf(process.platform === "win32")(
  "cmd takes the lines that the emulator prints, and those of README.md and the manual",
  async () => {
    // cmd reads a batch file in an old code page, so the path in a line for it is in ASCII.
    const home = mkdtempSync(join(tmpdir(), "acs-identity-home-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const emulator = runCommand(
      ["--port", "0", "--https"],
      { USERPROFILE: home },
      installedCommand("acsIdentityEmulator"),
    );
    onTestFinished(async () => void (await emulator.kill("SIGKILL")));
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
  },
);
