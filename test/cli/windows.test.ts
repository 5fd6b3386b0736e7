// What the command says on Windows, where the shells, the clock's program and the code pages are others. The process only
// pretends to run there.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { decodeText } from "../../src/cli/connection.js";
import { startEmulator } from "../../src/emulator/index.js";
import { acsIdentityHere } from "./command.js";

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
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    try {
      const out = await doctor({
        HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        COMMUNICATION_CONNECTION_STRING: "endpoint=https://contoso.invalid/;accesskey=c2VjcmV0",
      });
      expect(out).toContain(
        'set "NO_PROXY=contoso.invalid" (cmd) or $env:NO_PROXY = "contoso.invalid" (PowerShell)',
      );
    } finally {
      proxy.close();
    }
  });
});

describe("the command", () => {
  it.each([
    ["COMMUNICATION_CONNECTION_STRING ", '"COMMUNICATION_CONNECTION_STRING ", which ends with a blank'],
    [
      "\ufeffCOMMUNICATION_CONNECTION_STRING",
      '"\\ufeffCOMMUNICATION_CONNECTION_STRING", which begins with a byte order mark',
    ],
  ])("shows what a variable's name has too much: %j", async (name, shown) => {
    const environment = { [name]: "endpoint=https://contoso.invalid/;accesskey=c2VjcmV0" };
    const { code, err } = await acsIdentityHere(["user", "create"], { environment });
    expect(code).toBe(2);
    expect(err).toContain(`COMMUNICATION_CONNECTION_STRING is not set (set, but not used: ${shown}`);
  });
});

describe("decodeText", () => {
  const text = "endpoint=https://contoso.invalid/;accesskey=c2VjcmV0\r\n";
  const utf16 = Buffer.from(text, "utf16le");

  it.each([
    ["UTF-8", Buffer.from(text)],
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`)],
    ["UTF-16, as Windows PowerShell writes it", Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16 without a byte order mark", utf16],
    ["big-endian UTF-16", Buffer.from(Buffer.from(`\ufeff${text}`, "utf16le").swap16())],
  ])("reads %s", (_, bytes) => {
    expect(decodeText(bytes)).toBe(text);
  });

  it("reads nothing, and a single byte", () => {
    expect([decodeText(new Uint8Array()), decodeText(Buffer.from("x"))]).toEqual(["", "x"]);
  });
});
