import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { createFakeIdentityService } from "../../../src/testing/index.js";
import { acsIdentityHere, emulatorForCommands } from "../../helpers/cli/command.js";
import { serve } from "../../helpers/server.js";
import { clientId, objectId, teamsUser, tenantId, tokenOf } from "./teamsToken.js";

describe("acs-identity token inspect", () => {
  it("shows the content of a token from standard input", async () => {
    const { emulator } = await emulatorForCommands();
    const client = new CommunicationIdentityClient(emulator.connectionString);
    const { user, token } = await client.createUserAndToken(["chat", "voip"]);
    const { code, out, err } = await acsIdentityHere(["token", "inspect", "-"], { input: `${token}\n` });
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^User +${user.communicationUserId}$`, "m"));
    expect(out).toMatch(/^Scopes +chat, voip$/m);
    expect(out).toMatch(/^Expires +\d{4}-.*, in 24 hours$/m);
    expect(err).toContain("The signature wasn't verified");
    expect(out + err).not.toContain(token.split(".")[2]);
    const asJson = await acsIdentityHere(["token", "inspect", token, "--json"]);
    expect(asJson.err).toBe("");
    expect(JSON.parse(asJson.out)).toMatchObject({
      id: user.communicationUserId,
      scopes: ["chat", "voip"],
      expired: false,
    });
  });

  it.each<[string, (response: ServerResponse) => void]>([
    [
      "no redirect, whose target would get the token, too",
      (response) => response.writeHead(307, { Location: "/elsewhere" }).end(),
    ],
    ["no response after 5 seconds", () => vi.advanceTimersByTime(5000)],
    [
      "no body after 5 seconds",
      (response) => response.write("{", () => setImmediate(() => vi.advanceTimersByTime(5000))),
    ],
  ])("asks what listens at the endpoint, and follows or awaits %s", async (_, respond) => {
    const asked: (string | undefined)[] = [];
    const server = createServer(({ url }, response) => {
      asked.push(url);
      respond(response);
    });
    const port = await serve(server);
    const { accessKey, connectionString, httpClient } = createFakeIdentityService();
    const client = new CommunicationIdentityClient(connectionString, { httpClient });
    const { token } = await client.createUserAndToken(["voip"]);
    const environment = {
      COMMUNICATION_CONNECTION_STRING: `endpoint=http://127.0.0.1:${port}/;accesskey=${accessKey}`,
    };
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { code } = await acsIdentityHere(["token", "inspect", token], { environment });
    expect({ code, asked }).toEqual({ code: 0, asked: ["/_emulator/tokens:inspect"] });
  });

  it("says that a token doesn't have to be decodable", async () => {
    const { code, out, err } = await acsIdentityHere(["token", "inspect", "opaque"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/can't be decoded.* That is allowed/);
  });

  it("says what an Entra ID token is for", async () => {
    const { code, out, err } = await acsIdentityHere(["token", "inspect", "-"], {
      input: tokenOf(teamsUser),
    });
    expect(code).toBe(0);
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["Kind", "access token of a user of Entra ID, version 1.0"],
      ["For", "getTokenForTeamsUser, for a Teams user"],
      ["Audience", "https://auth.msft.communication.azure.com"],
      ["Tenant", tenantId],
      ["Application", clientId],
      ["User", `${objectId}, alice@contoso.com`],
      ["Permissions", "Teams.ManageCalls, Teams.ManageChats"],
      ["Expires", expect.stringMatching(/, in 6\d minutes$|, in 1 hour$/)],
      [""],
    ]);
    expect(err).toMatch(/signature wasn't verified.*doctor --teams/);
  });

  it.each<[object, object]>([
    [
      { aud: "https://communication.azure.com/", scp: undefined, roles: [] },
      {
        kind: "application",
        purpose: "every call of CommunicationIdentityClient, if the principal has a role",
      },
    ],
    [{ aud: "https://graph.microsoft.com" }, { kind: "user", isGuest: false, purpose: undefined }],
    [
      { aud: "https://communication.azure.com/clients", scp: "VoIP.Join" },
      { purpose: "AzureCommunicationTokenCredential, for an Entra user" },
    ],
    [
      { aud: ["https://auth.msft.communication.azure.us/"] },
      { audience: "https://auth.msft.communication.azure.com" },
    ],
    [{ aud: "https://communication.azure.us" }, { audience: "https://communication.azure.com" }],
    [
      { aud: "https://communication.azure.us.example" },
      { audience: "https://communication.azure.us.example" },
    ],
    [{ upn: undefined, preferred_username: "b", unique_name: "c" }, { username: "b" }],
    [{ upn: undefined, unique_name: "c" }, { username: "c" }],
    [
      { scp: undefined, aud: clientId },
      { kind: "idToken", permissions: [] },
    ],
    [{ scp: undefined, aud: clientId, roles: [] }, { kind: "application" }],
    [{ appid: undefined, azp: "app" }, { clientId: "app" }],
    [{ acct: 1 }, { isGuest: true }],
    [{ acct: 0 }, { isGuest: false }],
    [{ idp: "https://sts.windows.net/other/" }, { isGuest: true }],
    [{ exp: 1 }, { expired: true }],
    [{ exp: undefined }, { expired: undefined }],
    [{ ver: undefined }, { version: "" }],
    [
      { scp: "VoIP Teams.ManageCalls TeamsExtension.ManageCalls" },
      {
        purpose:
          "getTokenForTeamsUser, for a Teams user; AzureCommunicationTokenCredential, for Teams Phone extensibility",
      },
    ],
  ])("reads the claims %j as %j", async (changes, expected) => {
    const token = tokenOf({ ...teamsUser, ...changes });
    const { entra } = JSON.parse((await acsIdentityHere(["token", "inspect", token, "--json"])).out);
    for (const [name, value] of Object.entries(expected)) expect([name, entra[name]]).toEqual([name, value]);
  });

  it("sends the token to no other machine, and says what it is if it's no user's", async () => {
    const connect = vi.spyOn(Socket.prototype, "connect");
    const environment = {
      COMMUNICATION_CONNECTION_STRING: "endpoint=https://contoso.example/;accesskey=c2VjcmV0",
    };
    const claims = { skypeid: "acs:x_1", resourceId: "r", acsScope: "chat,voip", iat: 1, exp: 2, other: [1] };
    const { out, err } = await acsIdentityHere(["token", "inspect", tokenOf(claims)], { environment });
    expect(connect).not.toHaveBeenCalled();
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["User", "8:acs:x_1"],
      ["Resource", "r"],
      ["Scopes", "chat, voip"],
      ["Issued", "1970-01-01T00:00:01.000Z"],
      ["Expired", expect.stringMatching(/^1970-01-01T00:00:02\.000Z, .* days ago$/)],
      ["other", "[1]"],
      [""],
    ]);
    expect(err).toBe("The signature wasn't verified, and a revoked token looks the same.\n");
    const another = await acsIdentityHere(["token", "inspect", tokenOf({ exp: 2 })], { environment });
    expect(another.out).toMatch(/^Expired .*\nexp +2\n$/);
    expect(another.err).toBe("This isn't a token of an ACS user, and not one of Entra ID.\n");
  });

  it("ends if whoever has the emulator's port sends without an end", async () => {
    let isClosed: Promise<unknown> | undefined;
    const server = createServer((_, response) => {
      isClosed = once(response, "close");
      const send = () => {
        while (!response.destroyed && response.write(" ".repeat(65_536)));
      };
      response.on("drain", send);
      send();
    });
    const environment = {
      COMMUNICATION_CONNECTION_STRING: `endpoint=http://127.0.0.1:${await serve(server)}/;accesskey=c2VjcmV0`,
    };
    const token = tokenOf({ skypeid: "acs:x_1" });
    const { code, out, err } = await acsIdentityHere(["token", "inspect", token], { environment });
    expect(code).toBe(0);
    expect(out).toMatch(/^User +8:acs:x_1\n$/);
    expect(err).toBe("The signature wasn't verified, and a revoked token looks the same.\n");
    await isClosed;
  });

  it("says that a client can't decode an emulator's encrypted token, and what it holds", async () => {
    const { connectionString, httpClient } = createFakeIdentityService({ encryptedTokens: true });
    const client = new CommunicationIdentityClient(connectionString, { httpClient });
    const { user, token } = await client.createUserAndToken(["voip"]);
    const { out, err } = await acsIdentityHere(["token", "inspect", token]);
    expect(out).toContain(user.communicationUserId);
    expect(err).toMatch(/can't decode this token, which is allowed/);
    const asJson = await acsIdentityHere(["token", "inspect", token, "--json"]);
    expect(JSON.parse(asJson.out)).toMatchObject({
      id: user.communicationUserId,
      encrypted: true,
      scopes: ["voip"],
    });
  });
});
