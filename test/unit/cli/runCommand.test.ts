import { describe, expect, it } from "vitest";
import { packageVersion } from "../../../src/shared/version.js";
import { acsIdentityHere, emulatorForCommands } from "../../helpers/cli/command.js";
import { temporaryFolder } from "../../helpers/temporaryFolder.js";

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
    [
      "emulator --help",
      /^Usage: acs-identity emulator \[options\] \[\[--\] COMMAND …\]\n.*-p, --port NUMBER/s,
      0,
    ],
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
    ["emulator --port 0 --access-key !c2VjcmV0!", /^--access-key must be base64/, 2],
    ["emulator --port 0 --secondary-access-key !c2VjcmV0!", /^--secondary-access-key must be base64/, 2],
    ["emulator --port 0 --resource-id x", /^--resource-id /, 2],
    ["emulator --port 0 --allow-host *", /^--allow-host /, 2],
    ["emulator --port 0 --revocation-delay 100000", /^--revocation-delay must be /, 2],
    ['emulator -- ""', /^The command after -- is empty: is its variable set\? /, 2],
    [
      "emulator --",
      /^-- is followed by a command, such as npm test\. See acs-identity emulator --help\n$/,
      2,
    ],
    [
      "emulator --port abc --json",
      '{"level":"error","message":"--port must be a number from 0 to 65535. See acs-identity emulator --help"}\n',
      2,
    ],
    ["emulator --exit-with-stdin npm test", /^--exit-with-stdin can't be combined with a command/, 2],
    ["user create --token voip,,chat", /^Scopes are chat, voip, /, 2],
    [
      "user create --token ,voip",
      "Scopes are chat, voip, chat.join, chat.join.limited or voip.join, separated by commas or blanks. See acs-identity user create --help\n",
      2,
    ],
    ["token revoke", "token revoke needs ID. See acs-identity token revoke --help\n", 2],
    ["token inspect", "token inspect needs TOKEN. See acs-identity token inspect --help\n", 2],
    ["token issue 8:acs:a c2VjcmV0 --scope voip", /^token issue takes only \[ID\]/, 2],
    ["user list --help", /^The service can't list users/, 2],
    ["doctor c2VjcmV0", /^Unexpected argument: options start with --/, 2],
    // Operands
    ["emulator 7311", /^Unexpected argument: options start with --/, 2],
    ["emulator --https true npm test", /^Unexpected argument: options start with --/, 2],
    ["emulator --https TRUE", /^Unexpected argument: options start with --/, 2],
    ["emulator endpoint=c2VjcmV0", /^Unexpected argument: options start with --/, 2],
    ["emulator c2VjcmV0; npm", /^Unexpected argument: options start with --/, 2],
    ["user delete", "user delete needs ID. See acs-identity user delete --help\n", 2],
    ['user delete ""', /^user delete needs ID, which is empty: is its variable set\?/, 2],
    ["user create c2VjcmV0", /^Unexpected argument: options start with --/, 2],
    ["user delete 8:acs:a c2VjcmV0", /^user delete takes only ID/, 2],
  ];

  it.each(table)("%s", async (line, printed, code) => {
    const words = line.split(" ").filter(Boolean);
    const outcome = await acsIdentityHere(words.map((word) => (word === '""' ? "" : word)));
    const [text, other] = code === 0 ? [outcome.out, outcome.err] : [outcome.err, outcome.out];
    expect({ code: outcome.code, other }).toEqual({ code, other: "" });
    if (typeof printed === "string") expect(text).toBe(printed);
    else expect(text).toMatch(printed);
    expect(text).not.toContain("c2VjcmV0");
  });

  it("takes --json before the command's name, too", async () => {
    const { environment } = await emulatorForCommands();
    const { code, out } = await acsIdentityHere(["--json", "user", "create"], { environment });
    expect({ code, id: JSON.parse(out).id }).toEqual({ code: 0, id: expect.stringMatching(/^8:acs:/) });
  });

  it("of an emulator exits with 3 and says who has the port", async () => {
    const { emulator } = await emulatorForCommands();
    const { port } = new URL(emulator.url);
    expect(await acsIdentityHere(["emulator", "--port", port])).toEqual({
      code: 3,
      out: "",
      err: `An emulator is already running on ${emulator.url}. Use that one, or choose another port\n`,
    });
  });

  it.each([
    ["127.0.0.1", false],
    ["::1", false],
    ["localhost", false],
    ["LOCALHOST", false],
    ["127.1", false],
    ["0.0.0.0", true],
    ["::", true],
  ])("of an emulator on %s warns that other machines can reach it: %s", async (host, expected) => {
    // A program that isn't there ends the emulator at once.
    const args = ["emulator", "--host", host, "--log-level", "warn", "--", "no-such-program"];
    const { code, err } = await acsIdentityHere(args);
    expect(code).toBeGreaterThanOrEqual(127);
    expect(err.includes(` warn  ${host} can be reached by other machines`)).toBe(expected);
  });

  it("of an emulator exits with 4 and names the data file that can't be used", async () => {
    const folder = temporaryFolder();
    const { code, out, err } = await acsIdentityHere(["emulator", "--port", "0", "--data", folder]);
    expect([code, out, err.includes(folder)]).toEqual([4, "", true]);
  });
});
