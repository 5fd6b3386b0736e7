import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { relativeTime } from "../../src/cli/dates.js";
import { statusRemedies } from "../../src/cli/doctor/remedies.js";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../src/index.js";
import { packageVersion } from "../../src/shared/version.js";
import { startServer } from "../helpers/server.js";
import { testKey } from "../helpers/values.js";
import { acsIdentityHere } from "./command.js";

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
    const created = await acsIdentityHere(["user", "create"], { environment });
    expect(created).toMatchObject({ code: 0, err: "" });
    const id = created.out.trimEnd();
    expect(id).toMatch(/^8:acs:[\w-]+$/);
    await client().getToken({ communicationUserId: id }, ["voip"]);
    const deleted = await acsIdentityHere(["user", "delete", id, "--json"], { environment });
    expect({ ...deleted, out: JSON.parse(deleted.out) }).toEqual({
      code: 0,
      err: "",
      out: { id, deleted: true },
    });
    await expect(client().getToken({ communicationUserId: id }, ["voip"])).rejects.toThrow("doesn't exist");
  });

  // The latter is what PowerShell makes of `voip,chat`.
  it.each(["voip, chat", "voip chat"])("creates a user with a token for %j", async (given) => {
    const args = ["user", "create", "--token", given, "--expires-in", "60", "--json"];
    const before = Date.now();
    const { code, out } = await acsIdentityHere(args, { environment });
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

it.each([
  ["user", "delete"],
  ["token", "revoke"],
])("acs-identity %s %s fails if a portal's page answers", async (...command) => {
  const portal = await startServer(() => ({
    status: 200,
    headers: { "content-type": "text/html" },
    body: "<p>",
  }));
  const COMMUNICATION_CONNECTION_STRING = `endpoint=${portal.origin};accesskey=${testKey}`;
  const { code, out, err } = await acsIdentityHere([...command, "8:acs:x"], {
    environment: { COMMUNICATION_CONNECTION_STRING },
  });
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/received 200 \(text\/html\), .*, but only 204 is a success\. Check the endpoint/);
});

describe("acs-identity token", () => {
  it("issues a token for a new or an existing user, and revokes it", async () => {
    const first = await acsIdentityHere(["token", "issue", "--scope", "voip"], { environment });
    expect(first.code).toBe(0);
    const { valid, userId = "" } = await emulator.service.inspectToken(first.out.trimEnd());
    expect(valid).toBe(true);
    expect(first.err).toBe(`For the new user ${userId}, expires in 24 hours\n`);

    const second = await acsIdentityHere(["token", "issue", userId, "--scope", "chat"], { environment });
    const token = second.out.trimEnd();
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: true, userId });

    const inspected = async () =>
      JSON.parse((await acsIdentityHere(["token", "inspect", token, "--json"], { environment })).out)
        .emulator;
    expect(await inspected()).toMatchObject({ valid: true, userId });
    const revoked = await acsIdentityHere(["token", "revoke", userId], { environment });
    expect(revoked).toEqual({ code: 0, out: `Revoked every token of ${userId}\n`, err: "" });
    expect(await inspected()).toMatchObject({ valid: false, problem: "revoked" });
  });

  it("shows the content of a token from standard input", async () => {
    const { user, token } = await client().createUserAndToken(["chat", "voip"]);
    const { code, out, err } = await acsIdentityHere(["token", "inspect", "-"], { input: `${token}\n` });
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^User +${user.communicationUserId}$`, "m"));
    expect(out).toMatch(/^Scopes +chat, voip$/m);
    expect(out).toMatch(/^Expires +\d{4}-.*, in 24 hours$/m);
    expect(err).toContain("The signature wasn't verified");
    expect(out + err).not.toContain(token.split(".")[2]);
    const asJson = await acsIdentityHere(["token", "inspect", token, "--json"]);
    expect(JSON.parse(asJson.out)).toMatchObject({
      id: user.communicationUserId,
      scopes: ["chat", "voip"],
      expired: false,
    });
  });

  it("says that a token doesn't have to be decodable", async () => {
    const { code, out, err } = await acsIdentityHere(["token", "inspect", "opaque"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/can't be decoded.* That is allowed/);
  });
});

describe("the resource", () => {
  it("is read from standard input and never printed", async () => {
    const input = emulator.connectionString;
    const args = ["user", "create", "--connection-string", "-"];
    expect(await acsIdentityHere(args, { input })).toMatchObject({ code: 0, err: "" });
    const wrong = await acsIdentityHere(args, { input: `${input.slice(0, -20)}!secret!` });
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/^--connection-string: The access key is not base64/);
    expect(wrong.err).not.toMatch(/secret|accesskey=\w/);
  });

  it("can be an endpoint with an Entra ID token", async () => {
    const scope = "https://communication.azure.com//.default";
    const { token = "" } = (await emulator.service.createTokenCredential().getToken(scope)) ?? {};
    const args = ["user", "create", "--endpoint", emulator.url, "--entra-token", "-"];
    expect(await acsIdentityHere(args, { input: token })).toMatchObject({ code: 0, err: "" });
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
    const { code, out, err } = await acsIdentityHere(["user", "create", ...args], { environment: given });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
    expect(err).toMatch(/See acs-identity user create --help\n$/);
    expect(err).not.toContain("c2VjcmV0");
  });
});

describe("a failed command", () => {
  it("exits with 1 and prints the service's message and the emulator's reason", async () => {
    const id = `8:acs:${"0".repeat(8)}-0000-0000-0000-${"0".repeat(12)}_x`;
    const text = await acsIdentityHere(["user", "delete", id], { environment });
    expect({ code: text.code, out: text.out }).toEqual({ code: 1, out: "" });
    expect(text.err).toMatch(/^401 IdentityNotOwned: Provided identity doesn't belong to the resource\.$/m);
    expect(text.err).toMatch(/^The emulator says: Ids of this resource start with 8:acs:/m);
    expect(text.err.match(/Ids of this resource/g)).toHaveLength(1);
    const json = await acsIdentityHere(["user", "delete", id, "--json"], { environment });
    expect(JSON.parse(json.err)).toEqual({
      level: "error",
      message: "401 IdentityNotOwned: Provided identity doesn't belong to the resource.",
      statusCode: 401,
      code: "IdentityNotOwned",
      requestId: expect.any(String),
      diagnosis: expect.stringMatching(/^Ids of this resource start with 8:acs:/),
      remedy: "The user was deleted, or was created with another resource",
    });
  });

  it.each([403, 404, 429] as const)("names the remedy that the doctor has for %i", async (status) => {
    const proxy = createServer((_request, response) => response.writeHead(status).end());
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void proxy.close());
    const { err } = await acsIdentityHere(["user", "create", "--allow-insecure-connection"], {
      environment: {
        HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        COMMUNICATION_CONNECTION_STRING: "endpoint=http://service.test/;accesskey=c2VjcmV0",
      },
    });
    expect(err.split("\n").slice(1)).toEqual([statusRemedies[status], ""]);
  });

  it("takes a diagnosis for the emulator's only from a loopback host", async () => {
    const proxy = createServer((_request, response) => {
      response.writeHead(401, {
        "x-ms-emulator-diagnosis": "run this",
        "x-ms-emulator-topic": "entra-id-no-role",
      });
      response.end();
    });
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void proxy.close());
    const { port } = proxy.address() as AddressInfo;
    const others = {
      HTTP_PROXY: `http://127.0.0.1:${port}`,
      COMMUNICATION_CONNECTION_STRING: "endpoint=http://service.test/;accesskey=c2VjcmV0",
    };
    for (const args of [["user", "create"], ["doctor"]]) {
      const run = { environment: others };
      const { code, out, err } = await acsIdentityHere(
        [...args, "--allow-insecure-connection", "--json"],
        run,
      );
      expect(code).toBe(1);
      expect(out + err).toMatch(/401|isn't one of service\.test/);
      expect(out + err).not.toContain("run this");
    }
  });

  it("suggests the doctor if the cause isn't clear", async () => {
    await emulator.close();
    const { code, err } = await acsIdentityHere(["user", "create"], { environment });
    expect(code).toBe(1);
    expect(err).toContain("Nothing listens on");
    expect(err).toContain("`npx --no-install acs-identity doctor` finds out why");
  });
});

describe("the command line", () => {
  /** What is typed, the start of what is printed (to standard error, unless it exits with 0), and the exit code. */
  const table: readonly (readonly [line: string, printed: string | RegExp, code: number])[] = [
    // Help
    ["", /^Users and tokens of Azure Communication Services.*\n {2}emulator .*\n {2}doctor /s, 0],
    ["help", /^Users and tokens .*\n {2}token inspect TOKEN /s, 0],
    ["-h", /^Users and tokens /, 0],
    ["--help", /^Users and tokens /, 0],
    ["--json", /^Users and tokens /, 0],
    ["help user", /\[options\]\n\n {2}user create .*\n {2}user delete ID .*\n\n/, 0],
    ["user --help", /\[options\]\n\n {2}user create .*\n {2}user delete ID .*\n\n/, 0],
    ["user -h", /\n {2}user create /, 0],
    ["-h user", /\n {2}user create /, 0],
    ["help token issue", /^Usage: acs-identity token issue \[ID\] \[options\]\n/, 0],
    ["token issue -h", /^Usage: acs-identity token issue .* --scope SCOPE,…/s, 0],
    ["token issue 8:acs:x --scope voip -h", /^Usage: acs-identity token issue /, 0],
    ["token issue --scpoe voip --help", /^Usage: acs-identity token issue /, 0],
    ["--json -h token revoke", /^Usage: acs-identity token revoke ID \[options\]\n/, 0],
    ["emulator --help", /^Usage: acs-identity emulator .*-p, --port NUMBER/s, 0],
    ["user create --help", /--token SCOPE,…/, 0],
    ["user delete --help", /^Usage: acs-identity user delete ID \[options\]\n.*Exit codes: 0 /s, 0],
    ["token inspect --help", /^Usage: acs-identity token inspect TOKEN \[options\]\n/, 0],
    ["doctor --help", /--user ID .*Exit codes: 0 /s, 0],
    ["help me", "Unknown command me. See acs-identity --help\n", 2],
    ["--version", `${packageVersion}\n`, 0],
    ["--json --version", `${packageVersion}\n`, 0],
    ["token issue --version", `${packageVersion}\n`, 0],
    // Names
    ["emulatr", "Unknown command emulatr. Did you mean emulator? See acs-identity --help\n", 2],
    ["user", "user is followed by create or delete. See acs-identity --help\n", 2],
    [
      "user craete",
      "user is followed by create or delete. Did you mean user create? See acs-identity --help\n",
      2,
    ],
    ["token", "token is followed by issue, revoke or inspect. See acs-identity --help\n", 2],
    ["endpoint=https://x/;accesskey=c2VjcmV0", /^The name of a command comes first\./, 2],
    ["create user", "Unknown command create. Did you mean user create? See acs-identity --help\n", 2],
    ["user list", /^The service can't list users, so store their ids\. /, 2],
    // Options
    ["--json user craete", /^\{"level":"error","message":"user is followed by create or delete\./, 2],
    [
      "--scope voip token issue",
      "This option comes after the name of a command. See acs-identity --help\n",
      2,
    ],
    [
      "emulator --prot 1",
      "Unknown option --prot. Did you mean --port? See acs-identity emulator --help\n",
      2,
    ],
    [
      "user create --jsno",
      /^Unknown option --jsno\. Did you mean --json\? See acs-identity user create --help\n$/,
      2,
    ],
    ["user create --endpoint=https://x/;accesskey=c2VjcmV0 --x=c2VjcmV0", /^Unknown option --x/, 2],
    ["user create --expires-in 60", /^--expires-in needs --token/, 2],
    ["user create --token voip --expires-in 1.5", /^--expires-in must be a whole number/, 2],
    ["token issue", /^token issue needs --scope: chat, voip, /, 2],
    ["user create --token=", /^--token is empty/, 2],
    // Operands
    ["emulator 7311", /^Unexpected argument: options start with --/, 2],
    ["emulator --https true npm test", /^Unexpected argument: options start with --/, 2],
    ["emulator endpoint=c2VjcmV0", /^Unexpected argument: options start with --/, 2],
    ["emulator c2VjcmV0; npm", /^Unexpected argument: options start with --/, 2],
    ["user delete", "user delete needs ID. See acs-identity user delete --help\n", 2],
    ["user create c2VjcmV0", /^Unexpected argument: options start with --/, 2],
    ["user delete 8:acs:a c2VjcmV0", /^user delete takes only ID/, 2],
  ];

  it.each(table)("%s", async (line, printed, code) => {
    const outcome = await acsIdentityHere(line.split(" ").filter(Boolean));
    const [text, other] = code === 0 ? [outcome.out, outcome.err] : [outcome.err, outcome.out];
    expect({ code: outcome.code, other }).toEqual({ code, other: "" });
    if (typeof printed === "string") expect(text).toBe(printed);
    else expect(text).toMatch(printed);
    expect(text).not.toContain("c2VjcmV0");
  });

  it("takes --json before the command's name, too", async () => {
    const { code, out } = await acsIdentityHere(["--json", "user", "create"], { environment });
    expect({ code, id: JSON.parse(out).id }).toEqual({ code: 0, id: expect.stringMatching(/^8:acs:/) });
  });

  it("of an emulator exits with 3 and says who has the port", async () => {
    const { port } = new URL(emulator.url);
    const args = ["emulator", "--log-level", "silent", "--port", port];
    expect(await acsIdentityHere(args)).toEqual({
      code: 3,
      out: "",
      err: `An emulator is already running on ${emulator.url}. Use that one, or choose another port\n`,
    });
  });
});

describe("relativeTime", () => {
  const minute = 60_000;
  it.each([
    [60 * minute - 1, "in 60 minutes"],
    [24 * 60 * minute - 500, "in 24 hours"],
    [30_000, "in 1 minute"],
    [7 * 24 * 60 * minute - 1, "in 7 days"],
    [-10 * minute - 1, "10 minutes ago"],
    [-120 * minute, "2 hours ago"],
  ])("of %d ms is %s", (difference, text) => {
    const now = Date.UTC(2026, 0, 1);
    expect(relativeTime(new Date(now + difference), now)).toBe(text);
  });
});
