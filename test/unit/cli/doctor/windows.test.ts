// What the command says on other systems, where the shells, the clock's program and the code pages are others. The process
// only pretends to run there.
import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { acsIdentityHere, emulatorForCommands } from "../../../helpers/cli/command.js";
import { serve } from "../../../helpers/server.js";

const { platform } = process;

/** Pretends for a call, because the modules that it loads may look at the platform, too. */
async function doctor(environment: Readonly<Record<string, string>> = {}, value = "win32"): Promise<string> {
  Object.defineProperty(process, "platform", { value });
  try {
    return (await acsIdentityHere(["doctor"], { environment })).out;
  } finally {
    Object.defineProperty(process, "platform", { value: platform });
  }
}

describe("the doctor on Windows", () => {
  it("shows how cmd and PowerShell set the variable, with marks in ASCII", async () => {
    const out = await doctor();
    expect(out).toMatch(/^\[failed\] Settings: COMMUNICATION_CONNECTION_STRING is not set\. /);
    expect(out).toContain(
      '  -> set "COMMUNICATION_CONNECTION_STRING=endpoint=...;accesskey=..." (cmd) or $env:COMMUNICATION_CONNECTION_STRING = "endpoint=...;accesskey=..." (PowerShell). ' +
        "If it is in a .env file: node --env-file=.env ",
    );
    expect(out).toContain("PowerShell's $COMMUNICATION_CONNECTION_STRING = ");
    const [, path = ""] = process.argv;
    expect(out.replace(path, "")).toMatch(/^[\x20-\x7e\n]+$/);
  });

  it("names the program that sets the clock, as on other systems", async () => {
    const { emulator, environment } = await emulatorForCommands();
    emulator.service.clock.skew({ hours: -1 });
    for (const [system, mark, program] of [
      ["win32", "[ok]", "w32tm /resync (as an administrator)"],
      ["darwin", "✓", "sudo sntp -sS time.apple.com"],
      ["linux", "✓", "timedatectl set-ntp true"],
    ] as const) {
      const out = await doctor(environment, system);
      expect(out).toContain(`set the machine's clock: ${program}\n`);
      expect(out).toContain(`${mark} Settings: `);
    }
  });

  it("shows how to bypass a proxy that refuses", async () => {
    const proxy = createServer().on("connect", (_request, socket) => socket.end("HTTP/1.1 403 No\r\n\r\n"));
    const out = await doctor({
      HTTPS_PROXY: `http://127.0.0.1:${await serve(proxy)}`,
      COMMUNICATION_CONNECTION_STRING: "endpoint=https://contoso.invalid/;accesskey=c2VjcmV0",
    });
    expect(out).toContain(
      'set "NO_PROXY=contoso.invalid" (cmd) or $env:NO_PROXY = "contoso.invalid" (PowerShell)',
    );
  });
});
