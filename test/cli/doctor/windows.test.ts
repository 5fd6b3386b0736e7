// What the command says on Windows, where the shells, the clock's program and the code pages are others. The process only
// pretends to run there.
import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { startEmulator } from "../../../src/emulator/index.js";
import { serve } from "../../helpers/server.js";
import { acsIdentityHere } from "../command.js";

const { platform } = process;

/** Pretends for a call, because the modules that it loads may look at the platform, too. */
async function onWindows<Result>(run: () => Promise<Result>): Promise<Result> {
  Object.defineProperty(process, "platform", { value: "win32" });
  try {
    return await run();
  } finally {
    Object.defineProperty(process, "platform", { value: platform });
  }
}

async function doctor(environment: Readonly<Record<string, string>> = {}): Promise<string> {
  return (await onWindows(() => acsIdentityHere(["doctor"], { environment }))).out;
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

  it("names the program that sets the clock", async () => {
    const emulator = await startEmulator();
    try {
      emulator.service.clock.skew({ hours: -1 });
      const out = await doctor({ COMMUNICATION_CONNECTION_STRING: emulator.connectionString });
      expect(out).toContain("w32tm /resync");
      expect(out).toContain("[ok] Settings: ");
    } finally {
      await emulator.close();
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
