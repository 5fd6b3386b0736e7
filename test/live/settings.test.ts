import { describe, expect, it } from "vitest";
import { assertHoldsNone } from "./redact.js";
import { readSettings, SettingsError, usage } from "./settings.js";

const key = Buffer.alloc(64, 7).toString("base64");
const connection = {
  ACS_LIVE_CONNECTION_STRING: `endpoint=https://contoso.communication.azure.com/;accesskey=${key}`,
  ACS_LIVE_CONFIRM: "contoso.communication.azure.com",
};

describe("the settings of a run", () => {
  it.each<[string, Record<string, string>, string | RegExp]>([
    ["that are all missing", {}, usage],
    [
      "without a confirmation",
      { ...connection, ACS_LIVE_CONFIRM: "" },
      /must be the host .*: contoso\.communication/,
    ],
    [
      "with that of another resource",
      { ...connection, ACS_LIVE_CONFIRM: "fabrikam.communication.azure.com" },
      /host/,
    ],
    [
      "with a confirmation without the port",
      { ACS_LIVE_ENDPOINT: "https://127.0.0.1:8443", ACS_LIVE_CONFIRM: "127.0.0.1" },
      /: 127\.0\.0\.1:8443$/,
    ],
    [
      "with two resources",
      { ...connection, ACS_LIVE_ENDPOINT: "https://contoso.communication.azure.com" },
      /not both/,
    ],
    ["with a broken connection string", { ACS_LIVE_CONNECTION_STRING: `accesskey=${key}` }, /endpoint/],
    ["with an endpoint that isn't a URL", { ACS_LIVE_ENDPOINT: "contoso" }, /isn't a URL/],
    [
      "with a part of a Teams user",
      { ...connection, ACS_LIVE_TEAMS_TOKEN: "token" },
      /all of ACS_LIVE_TEAMS/,
    ],
  ])("%s are refused with a text that has no key", async (_, environment, message) => {
    const error = await readSettings(environment).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain(key.slice(0, 20));
  });

  it("have a resource with a key, or with Entra's credential, and what is optional", async () => {
    expect(await readSettings(connection)).toEqual({
      endpoint: "https://contoso.communication.azure.com",
      credential: { key },
    });
    const settings = await readSettings({
      ACS_LIVE_ENDPOINT: "https://contoso.communication.azure.com/",
      ACS_LIVE_CONFIRM: "contoso.communication.azure.com",
      ACS_LIVE_TEAMS_TOKEN: "token",
      ACS_LIVE_TEAMS_CLIENT_ID: "client",
      ACS_LIVE_TEAMS_USER_ID: "user",
      ACS_LIVE_TENANT_ID: "tenant",
    });
    expect(settings).toMatchObject({
      credential: { tokenCredential: { getToken: expect.any(Function) } },
      teams: { token: "token", clientId: "client", userId: "user" },
      tenantId: "tenant",
    });
  });
});

describe("a text that leaves the machine", () => {
  const secrets = new Map([
    [key, "the key"],
    ["contoso.communication.azure.com", "the host"],
    ["8:acs:0a1b2c3d-0000-4000-8000-000000000001_0a1b2c3d-0000-4000-8000-000000000002", "an id"],
  ]);
  const [, host = "", id = ""] = secrets.keys();
  const inBase64 = (before: string, secret: string) =>
    Buffer.from(`${before}${secret} after`).toString("base64");

  it.each<[string, string]>([
    ["the key", `accesskey=${key};`],
    ["the key in a URL", encodeURIComponent(key)],
    ["the bytes of the key in hex", Buffer.from(key, "base64").toString("hex").toUpperCase()],
    ["the bytes of the key in base64url", Buffer.from(key, "base64").toString("base64url")],
    ["the host in capitals", "https://CONTOSO.communication.azure.com/"],
    ["an id in a path", `/identities/${encodeURIComponent(id)}`],
    ["an id in JSON", JSON.stringify({ id })],
    ["the host in base64", inBase64("", host)],
    ["the host in base64 after one byte", inBase64("x", host)],
    ["the host in base64 after two bytes", inBase64("xy", host)],
    ["an id in the base64url of a token", Buffer.from(`{"skypeid":"${id}"}`).toString("base64url")],
    ["the host in hex", Buffer.from(host).toString("hex")],
  ])("isn't written with %s", (_, text) => {
    expect(() => assertHoldsNone(`before ${text} after`, secrets)).toThrow(/holds .* of the resource/);
  });

  it("is written without any of them", () => {
    expect(() => assertHoldsNone("https://resource.communication.azure.com 8:acs:", secrets)).not.toThrow();
  });
});
