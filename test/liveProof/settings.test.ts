import { describe, expect, it } from "vitest";
import { readSettings, SettingsError, usage } from "../live/settings.js";

const key = Buffer.alloc(64, 7).toString("base64");
const host = "contoso.communication.azure.com";
const endpoint = `https://${host}`;
const connection = {
  ACS_LIVE_CONNECTION_STRING: `endpoint=${endpoint}/;accesskey=${key}`,
  ACS_LIVE_CONFIRM: host,
};

describe("the settings of a run", () => {
  it.each<[string, Record<string, string>, string | RegExp]>([
    ["that are all missing", {}, usage],
    ["with the confirmation of another host", { ...connection, ACS_LIVE_CONFIRM: "fabrikam" }, /contoso/],
    [
      "with a confirmation without the port",
      { ACS_LIVE_ENDPOINT: `${endpoint}:8443`, ACS_LIVE_CONFIRM: host },
      /8443$/,
    ],
    ["with two resources", { ...connection, ACS_LIVE_ENDPOINT: endpoint }, /not both/],
    ["with a broken connection string", { ACS_LIVE_CONNECTION_STRING: `accesskey=${key}` }, /endpoint/],
    ["with an endpoint that isn't a URL", { ACS_LIVE_ENDPOINT: "contoso" }, /isn't a URL/],
    ["with a part of a Teams user", { ...connection, ACS_LIVE_TEAMS_TOKEN: "t" }, /all of ACS_LIVE_TEAMS/],
  ])("%s are refused with a text that has no key", async (_, environment, message) => {
    const error = await readSettings(environment).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain(key.slice(0, 20));
  });

  it("have a resource with a key, or with Entra's credential, and what is optional", async () => {
    expect(await readSettings(connection)).toEqual({ endpoint, credential: { key } });
    const settings = await readSettings({
      ACS_LIVE_ENDPOINT: `${endpoint}/`,
      ACS_LIVE_CONFIRM: host,
      ACS_LIVE_TEAMS_TOKEN: "token",
      ACS_LIVE_TEAMS_CLIENT_ID: "client",
      ACS_LIVE_TEAMS_USER_ID: "user",
      ACS_LIVE_TENANT_ID: "tenant",
    });
    expect(settings).toMatchObject({
      credential: { getToken: expect.any(Function) },
      teams: { token: "token", clientId: "client", userId: "user" },
      tenantId: "tenant",
    });
  });
});
