// Runs the lines that pages have for other programs than sh and Node, where a machine has these programs.
import { execFileSync, spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { machineCertificate } from "../../src/emulator/certificate/machineCertificate.js";
import { startEmulator } from "../../src/emulator/index.js";
import { makeCertificates } from "../helpers/certificates.js";
import { run } from "../helpers/command.js";
import { codeBlocks, readText } from "../helpers/documents.js";
import { temporaryFolder } from "../helpers/temporaryFolder.js";

const folder = temporaryFolder(afterAll);

const has = (program: string, argument: string) => !spawnSync(program, [argument]).error;
const shell = ["pwsh", "powershell"].find((name) => has(name, "-?"));
const hasKeytool = has("keytool", "-help") && process.platform !== "win32";

describe.skipIf(!shell)(`the lines for PowerShell${shell ? "" : " (this machine has none)"}`, () => {
  const powershell = (line: string, env = {}) =>
    run(shell ?? "", ["-NoProfile", "-Command", line], { cwd: folder, env });

  it("make the next request fail, and let a day pass but for an hour", async () => {
    const emulator = await startEmulator();
    const [block = ""] = codeBlocks("docs/adminApi.md", "powershell");
    await powershell(block.replaceAll("http://127.0.0.1:7311", new URL(emulator.url).origin));
    const response = await fetch(new URL("identities?api-version=2023-10-01", emulator.url), {
      method: "POST",
    });
    const hours = (emulator.service.clock.now().getTime() - Date.now()) / 3_600_000;
    await emulator.close();
    expect([response.status, Math.round(hours)]).toEqual([429, 23]);
  });

  it("set the variables of a managed identity", async () => {
    const [block = ""] = codeBlocks("docs/entra.md", "powershell");
    const [sh = ""] = codeBlocks("docs/entra.md", "sh");
    const shown =
      "foreach ($name in 'IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'COMMUNICATION_ENDPOINT') { $name + '=' + [Environment]::GetEnvironmentVariable($name) }";
    expect((await powershell(`${block}${shown}`)).trim().split(/\r?\n/)).toEqual(sh.match(/\w+=\S+/g));
  });

  it("take a role away, in PowerShell 7", async ({ skip }) => {
    if (shell !== "pwsh") skip("Windows PowerShell has no -SkipCertificateCheck");
    const { cert, key } = makeCertificates();
    const emulator = await startEmulator({ tls: { cert, key } });
    const [, block = ""] = codeBlocks("docs/entra.md", "powershell");
    await powershell(block.replace("https://127.0.0.1:7311", new URL(emulator.url).origin));
    const [application] = emulator.service.entra.applications;
    await emulator.close();
    expect(application).toMatchObject({ hasRole: false });
  });

  it("set variables as docs/command.md says, which curl.exe and npm get", async () => {
    const [, set = ""] = /`(\$env:NAME = 'value')`/.exec(readText("docs/command.md")) ?? [];
    const node = `& '${process.execPath}' -p 'process.env.NAME'`;
    expect((await powershell(`${set}; ${node}; $env:NAME`)).trim().split(/\r?\n/)).toEqual([
      "value",
      "value",
    ]);
  });
});

it.skipIf(!hasKeytool)(
  `Java's trust store is made, and made anew${hasKeytool ? "" : " (needs keytool)"}`,
  async () => {
    const { cert, file } = await machineCertificate("127.0.0.1", join(folder, "home of ann"));
    const [block = ""] = codeBlocks("docs/java.md", "sh").filter((text) => text.includes("keytool"));
    const lines = block
      .replace("$HOME/.acs-identity-emulator/cert.pem", file)
      .split("\n")
      .filter((line) => !line.startsWith("java "));
    const options = { cwd: folder };
    for (let year = 0; year < 2; year++) {
      rmSync(join(folder, "emulator.p12"), { force: true });
      execFileSync("sh", ["-c", lines.join("\n")], options);
    }
    const list = ["-list", "-rfc", "-keystore", "emulator.p12", "-storepass", "changeit"];
    const stored = execFileSync("keytool", list, options).toString().replaceAll("\r", "");
    expect(stored.replaceAll("\n", "")).toContain(cert.toString().replaceAll("\n", ""));
  },
);
