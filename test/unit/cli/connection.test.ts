import { describe, expect, it, vi } from "vitest";
import { decodeText } from "../../../src/cli/connection.js";
import * as entraCredential from "../../../src/cli/entraCredential.js";
import { acsIdentityHere, emulatorForCommands } from "../../helpers/cli/command.js";

describe("the resource", () => {
  it("is read from standard input and never printed", async () => {
    const { emulator } = await emulatorForCommands();
    const input = emulator.connectionString;
    const args = ["user", "create", "--connection-string", "-"];
    expect(await acsIdentityHere(args, { input })).toMatchObject({ code: 0, err: "" });
    const wrong = await acsIdentityHere(args, { input: `${input.slice(0, -20)}!secret!` });
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/^--connection-string: The access key is not base64/);
    expect(wrong.err).not.toMatch(/secret|accesskey=\w/);
  });

  it("can be an endpoint with an Entra ID token", async () => {
    const { emulator } = await emulatorForCommands();
    const scope = "https://communication.azure.com//.default";
    const { token = "" } = (await emulator.service.createTokenCredential().getToken(scope)) ?? {};
    const args = ["user", "create", "--endpoint", emulator.url, "--entra-token", "-"];
    expect(await acsIdentityHere(args, { input: token })).toMatchObject({ code: 0, err: "" });
  });

  it("of a sovereign cloud has tokens for its own audience", async () => {
    const { emulator } = await emulatorForCommands();
    const getToken = vi.fn(async () => null);
    vi.spyOn(entraCredential, "entraCredential").mockResolvedValue({ getToken });
    const audience = "https://communication.azure.us";
    await acsIdentityHere(["user", "create", "--endpoint", emulator.url, "--audience", audience]);
    expect(getToken).toHaveBeenCalledWith([`${audience}//.default`], expect.anything());
  });

  it.each([
    [[], {}, /^COMMUNICATION_CONNECTION_STRING is not set/],
    [["--endpoint", "https://x", "--connection-string", "-"], {}, /can't be combined/],
    [["--entra-token", "-"], {}, /needs --endpoint/],
    [["--entra-token", "x"], {}, /needs --endpoint/],
    [
      [],
      { COMMUNICATION_CONNECTION_STRING: "endpoint=http://emulator:1/;accesskey=c2VjcmV0" },
      /needs --allow-insecure-connection/,
    ],
  ])("is rejected with exit code 2: %j", async (args, given, message) => {
    const { code, out, err } = await acsIdentityHere(["user", "create", ...args], { environment: given });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
    expect(err).toMatch(/See acs-identity user create --help\n$/);
    expect(err).not.toContain("c2VjcmV0");
  });

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
