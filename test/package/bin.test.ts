import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { run } from "../helpers/command.js";
import { manifest } from "../helpers/lockfile.js";
import { type Installation, installation } from "../helpers/packed.js";

let installed: Installation;
let emulator: Emulator;

beforeAll(async () => {
  [installed, emulator] = await Promise.all([installation(), startEmulator()]);
});
afterAll(() => emulator.close());

/** Runs a command through its entry in package.json, since npm links to it with a different file on Windows. */
function bin(name: string, ...args: string[]): Promise<string> {
  const folder = join(installed.folder, "node_modules/acs-identity");
  const { bin: entries } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const env = { COMMUNICATION_CONNECTION_STRING: emulator.connectionString };
  return run(process.execPath, [join(folder, entries[name]), ...args], { cwd: installed.folder, env });
}

describe("the installed command", () => {
  it("has the package's name, and a second one for the emulator", async () => {
    expect(await bin("acs-identity")).toContain("Usage: acs-identity <command>");
    expect(await bin("acs-identity", "--version")).toBe(`${manifest.version}\n`);
    expect(await bin("acs-identity-emulator", "--help")).toBe(
      await bin("acs-identity", "emulator", "--help"),
    );
  });

  it("finds the client in its own package", async () => {
    const id = (await bin("acs-identity", "user", "create")).trim();
    const token = (await bin("acs-identity", "token", "issue", id, "--scope", "voip")).trim();
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: true, userId: id });
    expect(await bin("acs-identity", "doctor")).toContain("✓ Access key: the service accepts it");
  });

  it("says what to install for Entra ID", async () => {
    const failing = bin("acs-identity", "user", "create", "--endpoint", emulator.url);
    await expect(failing).rejects.toThrow("npm install @azure/identity");
  });
});
