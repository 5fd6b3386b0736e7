import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../src/index.js";
import { acsIdentity, acsIdentityHere } from "./command.js";

let emulator: Emulator;
let environment: Record<string, string>;
beforeEach(async () => {
  emulator = await startEmulator();
  environment = { COMMUNICATION_CONNECTION_STRING: emulator.connectionString };
});
afterEach(() => emulator.close());

const client = () => new CommunicationIdentityClient(emulator.connectionString);

describe("acs-identity user", () => {
  it("creates a user and prints only its id, and deletes it", async () => {
    const created = await acsIdentity(["user", "create"], { environment });
    expect(created).toMatchObject({ code: 0, err: "" });
    const id = created.out.trimEnd();
    expect(id).toMatch(/^8:acs:[\w-]+$/);
    await client().getToken({ communicationUserId: id }, ["voip"]);
    const deleted = await acsIdentity(["user", "delete", id, "--json"], { environment });
    expect({ ...deleted, out: JSON.parse(deleted.out) }).toEqual({
      code: 0,
      err: "",
      out: { id, deleted: true },
    });
    await expect(client().getToken({ communicationUserId: id }, ["voip"])).rejects.toThrow("doesn't exist");
  });

  it("creates a user with a token", async () => {
    const args = ["user", "create", "--token", "voip, chat", "--expires-in", "60", "--json"];
    const before = Date.now();
    const { code, out } = await acsIdentity(args, { environment });
    const { id, token, expiresOn } = JSON.parse(out);
    expect(code).toBe(0);
    expect(await emulator.service.inspectToken(token)).toMatchObject({
      valid: true,
      userId: id,
      scopes: ["voip", "chat"],
    });
    expect(Date.parse(expiresOn)).toBeGreaterThan(before + 59 * 60_000);
    expect(Date.parse(expiresOn)).toBeLessThanOrEqual(Date.now() + 60 * 60_000);
  });
});

describe("acs-identity token", () => {
  it("issues a token for a new or an existing user, and revokes it", async () => {
    const first = await acsIdentity(["token", "issue", "--scope", "voip"], { environment });
    expect(first.code).toBe(0);
    const { valid, userId = "" } = await emulator.service.inspectToken(first.out.trimEnd());
    expect(valid).toBe(true);
    expect(first.err).toBe(`For the new user ${userId}, expires in 23 hours\n`);

    const second = await acsIdentity(["token", "issue", userId, "--scope", "chat"], { environment });
    const token = second.out.trimEnd();
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: true, userId });

    const revoked = await acsIdentity(["token", "revoke", userId], { environment });
    expect(revoked).toEqual({ code: 0, out: `Revoked every token of ${userId}\n`, err: "" });
    expect((await emulator.service.inspectToken(token)).problem).toBe("revoked");
  });

  it("shows the content of a token from standard input", async () => {
    const { user, token } = await client().createUserAndToken(["chat", "voip"]);
    const { code, out, err } = await acsIdentity(["token", "inspect", "-"], { input: `${token}\n` });
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^User +${user.communicationUserId}$`, "m"));
    expect(out).toMatch(/^Scopes +chat, voip$/m);
    expect(out).toMatch(/^Expires +\d{4}-.*, in 23 hours$/m);
    expect(err).toContain("The signature wasn't verified");
    expect(out + err).not.toContain(token.split(".")[2]);
    const asJson = await acsIdentity(["token", "inspect", token, "--json"]);
    expect(JSON.parse(asJson.out)).toMatchObject({
      id: user.communicationUserId,
      scopes: ["chat", "voip"],
      expired: false,
    });
  });

  it("says that a token doesn't have to be decodable", async () => {
    const { code, out, err } = await acsIdentity(["token", "inspect", "opaque"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/can't be decoded.* That is allowed/);
  });
});

describe("the resource", () => {
  it("is read from standard input and never printed", async () => {
    const input = emulator.connectionString;
    const args = ["user", "create", "--connection-string", "-"];
    expect(await acsIdentity(args, { input })).toMatchObject({ code: 0, err: "" });
    const wrong = await acsIdentity(args, { input: `${input.slice(0, -20)}!secret!` });
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/^--connection-string: The access key is not base64/);
    expect(wrong.err).not.toMatch(/secret|accesskey=\w/);
  });

  it("can be an endpoint with an Entra ID token", async () => {
    const scope = "https://communication.azure.com//.default";
    const { token = "" } = (await emulator.service.createTokenCredential().getToken(scope)) ?? {};
    const args = ["user", "create", "--endpoint", emulator.url, "--entra-token", "-"];
    expect(await acsIdentity(args, { input: token })).toMatchObject({ code: 0, err: "" });
  });

  it.each([
    [[], {}, /^COMMUNICATION_CONNECTION_STRING is not set/],
    [["--endpoint", "https://x", "--connection-string", "-"], {}, /can't be combined/],
    [["--entra-token", "-"], {}, /needs --endpoint/],
    [
      [],
      { COMMUNICATION_CONNECTION_STRING: "endpoint=http://emulator:1/;accesskey=c2VjcmV0" },
      /needs --allow-insecure-connection/,
    ],
  ])("is rejected with exit code 2: %j", async (args, given, message) => {
    const { code, out, err } = await acsIdentity(["user", "create", ...args], { environment: given });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
    expect(err).toMatch(/See acs-identity user create --help\n$/);
    expect(err).not.toContain("c2VjcmV0");
  });
});

describe("a failed command", () => {
  it("exits with 1 and prints the service's message and the emulator's reason", async () => {
    const id = `8:acs:${"0".repeat(8)}-0000-0000-0000-${"0".repeat(12)}_x`;
    const text = await acsIdentity(["user", "delete", id], { environment });
    expect({ code: text.code, out: text.out }).toEqual({ code: 1, out: "" });
    expect(text.err).toMatch(/^401 IdentityNotOwned: Provided identity doesn't belong to the resource\.$/m);
    expect(text.err).toMatch(/^The emulator says: Ids of this resource start with 8:acs:/m);
    const json = await acsIdentity(["user", "delete", id, "--json"], { environment });
    expect(JSON.parse(json.err)).toMatchObject({
      level: "error",
      statusCode: 401,
      code: "IdentityNotOwned",
      requestId: expect.any(String),
    });
  });

  it("suggests the doctor if the cause isn't clear", async () => {
    await emulator.close();
    const { code, err } = await acsIdentity(["user", "create"], { environment });
    expect(code).toBe(1);
    expect(err).toContain("Nothing listens on");
    expect(err).toContain("`acs-identity doctor` finds out why");
  });
});

describe("the help", () => {
  it("lists the commands in about ten lines", async () => {
    const { code, out, err } = await acsIdentity([]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.trimEnd().split("\n").length).toBeLessThanOrEqual(13);
    for (const name of ["emulator", "user create", "token issue", "doctor"])
      expect(out).toContain(`\n  ${name} `);
    expect((await acsIdentityHere(["-h"])).out).toBe(out);
  });

  it.each([
    ["emulator", "-p, --port NUMBER"],
    ["user create", "--token SCOPE,…"],
    ["user delete", "Usage: acs-identity user delete ID [options]"],
    ["token issue", "--scope SCOPE,…"],
    ["token revoke", "Usage: acs-identity token revoke ID [options]"],
    ["token inspect", "Usage: acs-identity token inspect TOKEN [options]"],
    ["doctor", "--user ID"],
  ])("of %s shows its options", async (name, text) => {
    const asked = await acsIdentityHere([...name.split(" "), "--help"]);
    const short = await acsIdentityHere([...name.split(" "), "-h"]);
    expect(asked).toMatchObject({ code: 0, err: "" });
    expect(asked.out).toContain(text);
    expect(asked.out).toContain("Exit codes: 0 ");
    expect(short.out).toBe(asked.out);
  });
});

describe("a usage error", () => {
  it.each([
    [["emulatr"], "Unknown command emulatr. Did you mean emulator? See acs-identity --help\n"],
    [
      ["user", "craete"],
      "user is followed by create or delete. Did you mean user create? See acs-identity --help\n",
    ],
    [
      ["emulator", "--prot", "1"],
      "Unknown option --prot. Did you mean --port? See acs-identity emulator --help\n",
    ],
    [
      ["user", "create", "--jsno"],
      "Unknown option --jsno. Did you mean --json? See acs-identity user create --help\n",
    ],
    [["user", "delete"], "user delete needs ID. See acs-identity user delete --help\n"],
    [["token", "issue"], /^token issue needs --scope: chat, voip, /],
    [["user", "create", "--expires-in", "60"], /^--expires-in needs --token/],
    [["user", "create", "--token", "voip", "--expires-in", "1.5"], /^--expires-in must be a whole number/],
    [["user", "create", "a secret"], /^Unexpected argument: options start with --/],
    [["endpoint=https://x/;accesskey=c2VjcmV0"], /^The name of a command comes first/],
    [["user", "create", "--endpoint=https://x/;accesskey=c2VjcmV0", "--x=c2VjcmV0"], /^Unknown option --x/],
  ])("exits with 2 and says what is wrong: %j", async (args, message) => {
    const { code, out, err } = await acsIdentityHere(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    if (typeof message === "string") expect(err).toBe(message);
    else expect(err).toMatch(message);
    expect(err).not.toContain("secret");
    expect(err).not.toContain("c2VjcmV0");
  });
});
