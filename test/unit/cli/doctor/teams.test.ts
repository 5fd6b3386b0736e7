import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import {
  acsIdentityHere as acsIdentity,
  emulatorForCommands,
  withMarks,
} from "../../../helpers/cli/command.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";
import { clientId, objectId, teamsUser, tenantId, tokenOf } from "../teamsToken.js";

const folder = temporaryFolder(afterAll);

async function doctor(token: string, ...args: string[]) {
  const all = ["doctor", "--teams", "--json", "--entra-token", "-", ...args];
  const { code, out, err } = await acsIdentity(all, { input: token });
  expect(out + err).not.toContain(token.split(".")[1]);
  const { ok, checks } = JSON.parse(out) as {
    ok: boolean;
    checks: { check: string; message: string; remedy?: string }[];
  };
  return { code, ok, passed: checks.length - (ok ? 0 : 1), last: checks.at(-1) };
}

const calls = /https:\/\/auth\.msft\.communication\.azure\.com\/Teams\.ManageCalls/;
const clients = "https://communication.azure.com/clients";

describe("acs-identity doctor --teams", () => {
  it("finds nothing wrong with the tokens of the three kinds of users", async () => {
    const service = createFakeIdentityService();
    const credential = service.createTokenCredential({ tenantId, objectId, clientId });
    const tokens = [
      tokenOf({ ...teamsUser, appid: clientId.toUpperCase(), oid: objectId.toUpperCase() }),
      await service.createTeamsUserToken({ clientId, userObjectId: objectId }),
      (await credential.getToken("https://auth.msft.communication.azure.us/TeamsExtension.ManageCalls"))
        ?.token,
      (await credential.getToken("https://communication.azure.com/clients/VoIP"))?.token,
    ];
    for (const token of tokens) {
      const args = ["--client-id", clientId.toUpperCase(), "--user-object-id", objectId];
      expect(await doctor(token ?? "", ...args)).toMatchObject({ code: 0, ok: true, passed: 9 });
    }
  });

  it.each<[string, object, string, RegExp, RegExp]>([
    [
      "another audience",
      { aud: "https://a.example" },
      "Audience",
      /another audience: https:\/\/a\.example$/,
      calls,
    ],
    ["no user", { scp: undefined, roles: [] }, "Kind", /No user signed in.*scp/, /code or device code/],
    ["an ID token", { scp: undefined, aud: clientId }, "Kind", /This is an ID token/, /accessToken/],
    [
      "version 2.0",
      { ver: "2.0", appid: undefined, azp: clientId },
      "Version",
      /has version 2\.0.*1\.0/,
      /not for one/,
    ],
    ["another version", { ver: "3" }, "Version", /has version 3, and .* version 1\.0 for ACS/, calls],
    [
      "a permission too few",
      { aud: clients, scp: "Chat" },
      "Method",
      /only the permissions Chat,/,
      /consent.*s\/VoIP/,
    ],
    [
      "an expired token",
      { exp: teamsUser.iat - 7200 },
      "Expiry",
      /expired 2 hours ago/,
      /acquireTokenSilent/,
    ],
    ["no expiry", { exp: undefined }, "Expiry", /no expiry/, /Sign in again/],
    [
      "another application",
      { appid: tenantId },
      "Application",
      /application 1a5c4717.*, not to 3c/,
      /AAD application/,
    ],
    [
      "another user",
      { oid: clientId },
      "User",
      /user 3c7e6939.*@contoso\.com, not of 2b/,
      /Provided AAD token/,
    ],
    ["a guest", { idp: "https://sts.windows.net/other/" }, "User", /is a guest of the tenant/, /home tenant/],
    ["a guest by name", { upn: "a_b.com#EXT#@contoso.com" }, "User", /is a guest/, /home tenant/],
    ["a guest by flag", { acct: 1 }, "User", /is a guest/, /home tenant/],
    [
      "a token of ACS",
      { tid: undefined, skypeid: "acs:x" },
      "Token",
      /a token of ACS already/,
      /Sign the user in/,
    ],
    ["a token of no tenant", { tid: undefined }, "Token", /no tenant/, /Sign the user in/],
    ["a token of no issuer", { iss: undefined }, "Token", /no tenant/, /Sign the user in/],
  ])("finds %s", async (_, changes, check, message, remedy) => {
    const token = tokenOf({ ...teamsUser, ...changes });
    const { code, ok, last } = await doctor(token, "--client-id", clientId, "--user-object-id", objectId);
    expect([code, ok, last?.check]).toEqual([1, false, check]);
    expect(last?.message).toMatch(message);
    expect(last?.remedy).toMatch(remedy);
  });

  it("takes a token without a version for one of version 1.0, and an opaque one for none", async () => {
    expect(await doctor(tokenOf({ ...teamsUser, ver: undefined }))).toMatchObject({ ok: true, passed: 8 });
    const { out } = await acsIdentity(["doctor", "--teams", "--entra-token", "-"], { input: "opaque" });
    expect(withMarks(out)).toMatch(
      /^✗ Token: This isn't an access token of Entra ID: it isn't a JWT\n {2}→ Ask for one /,
    );
  });

  it("says that the tenant's id was passed as the user's", async () => {
    for (const tid of [tenantId, tenantId.toUpperCase()]) {
      const { last } = await doctor(tokenOf({ ...teamsUser, tid }), "--user-object-id", tenantId);
      expect(last?.remedy).toMatch(/^That is the tenant's id/);
    }
  });

  it.each([
    ["UTF-8", `${tokenOf(teamsUser)}\n`],
    ["the UTF-16 of Windows PowerShell", Buffer.from(`\ufeff${tokenOf(teamsUser)}\r\n`, "utf16le")],
  ])("reads the token from a file in %s, and needs no resource", async (_, content) => {
    const file = join(folder, "token.txt");
    writeFileSync(file, content);
    const { code, out } = await acsIdentity(["doctor", "--teams", "--entra-token", file]);
    expect(code).toBe(0);
    expect(withMarks(out)).toMatch(/^✓ Method: getTokenForTeamsUser, for a Teams user$/m);
  });

  it("names the method that a token is good for", async () => {
    const input = tokenOf({ ...teamsUser, aud: clients, scp: "VoIP" });
    const { out } = await acsIdentity(["doctor", "--teams", "--entra-token", "-"], { input });
    expect(withMarks(out)).toMatch(
      /^✓ Method: AzureCommunicationTokenCredential, for an Entra user\. Not for getTokenForTeamsUser$/m,
    );
  });

  it("sends the token only if asked to, and then as getTokenForTeamsUser does", async () => {
    const { service, connectionString } = (await emulatorForCommands()).emulator;
    const { clientId: appId, users } = service.entra;
    const [alice, bob] = users.map(({ objectId: userId }) => userId);
    const tokenFor = (userObjectId = "") => service.createTeamsUserToken({ clientId: appId, userObjectId });
    const exchange = async (input: string, ...more: string[]) => {
      const { code, out } = await acsIdentity(["doctor", "--teams", "--entra-token", "-", ...more], {
        input,
        environment: { COMMUNICATION_CONNECTION_STRING: connectionString },
      });
      return { code, last: withMarks(out).trimEnd().split("\n").slice(-2) };
    };
    expect(await exchange(await tokenFor(alice))).toMatchObject({ code: 0 });
    expect(service.requests).toEqual([]);
    expect(await exchange(await tokenFor(alice), "--exchange")).toMatchObject({
      code: 0,
      last: [
        expect.anything(),
        `✓ Exchange: ${new URL(service.endpoint).host} exchanges it for a token of ACS`,
      ],
    });
    expect(service.requests).toMatchObject([{ operation: "getTokenForTeamsUser", status: 200 }]);
    expect(await exchange(await tokenFor(bob), "--exchange")).toEqual({
      code: 1,
      last: [
        expect.stringMatching(/refuses the exchange \(403 .*no Teams license/),
        expect.stringMatching(/have a Teams license/),
      ],
    });
    const wrongKey = connectionString.replace(service.accessKey, btoa("another"));
    expect(await exchange(await tokenFor(alice), "--exchange", "--connection-string", wrongKey)).toEqual({
      code: 1,
      last: [
        expect.stringMatching(/refuses the exchange \(401 Denied: /),
        expect.stringMatching(
          /or get a new token of Entra ID\. Without --teams, the doctor examines the connection/,
        ),
      ],
    });
    // Nobody has signed this one.
    expect(await exchange(tokenOf(teamsUser), "--exchange")).toMatchObject({
      code: 1,
      last: [/\(401 InvalidAccessToken: /, /→ Sign the user in again/].map((each) =>
        expect.stringMatching(each),
      ),
    });
  });

  it("exchanges no token of another kind of user", async () => {
    const token = tokenOf({ ...teamsUser, scp: "TeamsExtension.ManageCalls" });
    const { last } = await doctor(token, "--exchange");
    expect(last).toMatchObject({ check: "Exchange", remedy: expect.stringMatching(/^Leave --exchange out/) });
  });

  it.each([
    [["--teams"], /--teams needs --entra-token/],
    [["--exchange"], /--exchange needs --teams/],
    [["--teams", "--entra-token", tokenOf(teamsUser)], /names no file that can be read/],
    [["--client-id", clientId], /--client-id needs --teams/],
    [["--user-object-id", objectId], /--user-object-id needs --teams/],
  ])("refuses %j", async (args, message) => {
    const { code, err } = await acsIdentity(["doctor", ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toContain("ey");
  });
});
