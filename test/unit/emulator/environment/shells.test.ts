// The lines are run by the machine's own shell. No PowerShell is at hand, so its form is only compared.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { shellLines, shellLinesInWords } from "../../../../src/emulator/environment/shells.js";

const connectionString = "endpoint=https://contoso.communication.azure.com/;accesskey=c2VjcmV0+/==";
const values = [
  connectionString,
  "it's $HOME & `date` | more > file ^ !x!",
  "C:\\Users\\Jörg Müller\\cert.pem",
];

/** Returns what a Node that the shell starts after the line reads from the variable. */
function readAfter(line: string): string {
  const read = `"${process.execPath}" -p process.env.SHELL_TEST`;
  const [shell, args] =
    process.platform === "win32"
      ? (["cmd.exe", ["/d", "/s", "/c", `"${line}&& ${read}"`]] as const)
      : (["/bin/sh", ["-c", `${line}\n${read}`]] as const);
  const { stdout } = spawnSync(shell, args, { encoding: "utf8", windowsVerbatimArguments: true });
  return stdout.replace(/\r?\n$/, "");
}

describe("shellLines", () => {
  it.each(values)("sets a variable to exactly this value in the machine's shell: %s", (value) => {
    expect(readAfter(shellLines("SHELL_TEST", value, process.platform)[0]?.line ?? "")).toBe(value);
  });

  it("has the forms of cmd and PowerShell on Windows", () => {
    expect(shellLines("NAME", connectionString, "win32")).toEqual([
      { shell: "cmd", line: `set "NAME=${connectionString}"` },
      { shell: "PowerShell", line: `$env:NAME = "${connectionString}"` },
    ]);
    expect(shellLines("NAME", '$x `y "z”', "win32")[1]?.line).toBe('$env:NAME = "`$x ``y `"z`”"');
  });

  it("can stand in a sentence", () => {
    expect(shellLinesInWords("NAME", "a;b", "darwin")).toBe("export NAME='a;b'");
    expect(shellLinesInWords("NAME", "a;b", "win32")).toBe(
      'set "NAME=a;b" (cmd) or $env:NAME = "a;b" (PowerShell)',
    );
  });
});
