import { describe, expect, it } from "vitest";
import { createFakeIdentityService, type FakeIdentityServiceOptions } from "../../../../src/testing/index.js";
import { cutSecrets } from "../../../../src/testing/log/cutSecrets.js";
import { ask } from "../../../helpers/testing/ask.js";

const secret = "c2VjcmV0LWtleS1vZi1hLXJlc291cmNl";
const jwt = "eyJhbGciOiJub25lIn0.eyJzZWNyZXQiOjF9.c2lnbmF0dXJl";
const target = "/identities?api-version=2023-10-01";
const token = "/organizations/oauth2/v2.0/token";

async function logged(question: { target?: string; body?: unknown; headers?: Record<string, string> }) {
  const service = createFakeIdentityService();
  await ask(service, { method: "POST", target, ...question });
  expect(JSON.stringify(service.requests)).not.toContain(secret);
  expect(JSON.stringify(service.requests)).not.toContain(jwt);
  return service.requests[0];
}

function withClientSecret(clientSecret: string) {
  return { entra: { applications: [{ clientId: crypto.randomUUID(), clientSecrets: [clientSecret] }] } };
}

describe("a logged request contains no secret", () => {
  it.each([
    ["authorization", `HMAC-SHA256 ${secret}`, "HMAC-SHA256 <cut>"],
    [
      "authorization",
      `HMAC-SHA256 SignedHeaders=x-ms-date;host&AccessKey=${secret}&Signature=${secret}`,
      "HMAC-SHA256 SignedHeaders=x-ms-date;host&Signature=<cut>",
    ],
    [
      "authorization",
      `HMAC-SHA256 AccessKey=${secret}&SignedHeaders=host`,
      "HMAC-SHA256 SignedHeaders=host&Signature=<cut>",
    ],
    ["authorization", secret, "<cut>"],
    ["authorization", `Basic ${secret}`, "Basic <cut>"],
    ["authorization", `${secret} ${secret}`, "<cut>"],
    ["authorization", `bearer ${jwt}`, "bearer <cut>"],
    ["x-forwarded-authorization", `Bearer ${jwt}`, "Bearer <cut>"],
    ["ocp-apim-subscription-key", secret, "<cut>"],
    ["x-signature", secret, "<cut>"],
    ["x-caller", jwt, "<cut>"],
    ["x-caller", `by basic ${secret}`, "by basic <cut>"],
    ["x-identity-header", "of-an-app-service", "<cut>"],
  ])("in the header %s: %s", async (name, value, expected) => {
    expect((await logged({ headers: { [name]: value } }))?.headers[name]).toBe(expected);
  });

  const names =
    "accesskey accessKey access_token assertion authorisation authorization bearer client_assertion client_secret clientCredential code code_challenge code_verifier codeVerifier connection_string cookie device_code deviceCode id_token_hint jwt key keys passcode passphrase passwd password pwd refresh_token secretValue secret_value session_id sessionId sig signature token tokens user_code";
  it.each(names.split(" "))(
    "in the %s of a query, of the diagnosis that contains it, of a form or of JSON",
    async (name) => {
      const encoded = `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
      const request = await logged({
        target: `${target}&${name}=${secret}&${encoded}=${secret}&x=1`,
        headers: {
          authorization: "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AA==",
        },
      });
      expect(request?.target).toBe(`${target}&${name}=<cut>&${encoded}=<cut>&x=1`);
      expect(request?.diagnosis).toContain(`&x=1\\n`);
      const form = `grant_type=x&${name}=${secret}&resource=one&resource=two`;
      const type = "APPLICATION/x-www-form-urlencoded; charset=utf-8";
      const sent = await logged({ target: token, body: form, headers: { "content-type": type } });
      expect(sent?.body).toEqual({ grant_type: "x", [name]: "<cut>", resource: ["one", "two"] });
      expect((await logged({ body: { [name]: [secret] } }))?.body).toEqual({ [name]: "<cut>" });
    },
  );

  it("however long the query is, in a time that doesn't grow with its square", () => {
    const marks = "?".repeat(600_000);
    expect(cutSecrets(`/${marks}token=${secret}`, {})).toBe(`/${marks}token=<cut>`);
    const letters = "aA1".repeat(200_000);
    expect(cutSecrets(`?${letters}~`, {})).toBe("?<cut>~");
  });

  it("and keeps long words and numbers in base 16, and what isn't called a secret", async () => {
    const target = `/x?y=%2F${"word".repeat(20)}%2F${"0f".repeat(32)}&scope=${secret}&keyed=1`;
    expect(cutSecrets(target, {})).toBe(target);
    const service = createFakeIdentityService(withClientSecret("shorter"));
    await ask(service, { method: "POST", target, headers: { "x-other": "shorter" } });
    expect(service.requests[0]?.headers["x-other"]).toBe("shorter");
  });

  it.each<[string, string, ((secret: string) => FakeIdentityServiceOptions)?]>([
    ["its own key of 16 bytes", "AAECAwQFBgcICQoLDA0ODw==", (accessKey) => ({ accessKey })],
    [
      "its own former key of 15 bytes",
      "AAECAwQFBgcICQoLDA0O",
      (secondaryAccessKey) => ({ secondaryAccessKey }),
    ],
    ["its own client secret", "a secret for tests", withClientSecret],
    ["its own client secret of eight characters", "a secret", withClientSecret],
    ["another key of 16 bytes", "AAECAwQFBgcICQoLDA0ODw=="],
    ["another key of 48 bytes", `Ab1${secret.repeat(2)}`.slice(0, 64)],
    ["another key of 63 bytes", `Ab1${secret.repeat(3)}`.slice(0, 84)],
    ["another client secret of Entra ID", "aB_8Q~aB3.dE5-fG7_hI9jK1lM2nO4pQ6rS8tU0v"],
  ])("under an unknown name, if it is %s", async (_, value, options = () => ({})) => {
    const service = createFakeIdentityService(options(value));
    service.regenerateKey("secondary");
    await service.fetch(`${service.endpoint}organizations/oauth2/v2.0/token?x=${encodeURIComponent(value)}`, {
      method: "POST",
      headers: { "x-other": value },
      body: new URLSearchParams({ client_id: value }),
    });
    const [request] = service.requests;
    expect(JSON.stringify(request)).not.toContain(value);
    expect(request?.target).toMatch(/\?x=<cut>/);
    expect(request?.message).toMatch(/AADSTS700016: Application with identifier '<cut>/);
  });

  it.each([
    [{ tokens: [jwt, secret] }, { tokens: "<cut>" }],
    [[jwt], ["<cut>"]],
    [{ token: { toString: secret } }, { token: "<cut>" }],
    // An encrypted token has no key between its first two points.
    [["eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn"], ["<cut>"]],
    [
      { accessKey: secret, nested: { connectionString: secret, x: 1 } },
      { accessKey: "<cut>", nested: { connectionString: "<cut>", x: 1 } },
    ],
    [{ value: `endpoint=https://x/;accesskey=${secret}` }, { value: "endpoint=https://x/;accesskey=<cut>" }],
    [{ createTokenWithScopes: ["chat"] }, { createTokenWithScopes: ["chat"] }],
  ])("in the body %j", async (body, expected) => {
    expect((await logged({ body }))?.body).toEqual(expected);
  });

  it("in what was responded", async () => {
    const service = createFakeIdentityService();
    const { clientId: client_id, clientSecret: client_secret, tenantId } = service.entra;
    const authority = `${service.endpoint}${tenantId}/oauth2/v2.0`;
    const client = { client_id, scope: "https://communication.azure.com/.default" };
    const post = async (path: string, form: Record<string, string>) =>
      (
        await service.fetch(`${authority}/${path}`, { method: "POST", body: new URLSearchParams(form) })
      ).json();
    const byEntra = await post("token", { ...client, grant_type: "client_credentials", client_secret });
    const ofDevice = await post("devicecode", client);
    const created = (
      await ask(service, { method: "POST", target, body: { createTokenWithScopes: ["voip"] } })
    ).body;
    const answers = [byEntra, ofDevice, created];
    const { device_code, user_code } = ofDevice;
    const secrets = [client_secret, byEntra.access_token, device_code, user_code, created.accessToken.token];
    const cut = (text: string) => secrets.reduce((rest, each) => rest.replaceAll(each, "<cut>"), text);
    expect(service.requests.map(({ responseBody }) => responseBody)).toEqual(
      answers.map((answer) => JSON.parse(cut(JSON.stringify(answer)))),
    );

    const query = { ...client, response_type: "code", redirect_uri: "http://localhost/", state: "kept" };
    const signIn = new URLSearchParams({ ...query, login_hint: "alice@contoso.com" });
    const { headers } = await service.fetch(`${authority}/authorize?${signIn}`);
    const [, code = ""] = /code=([^&]+)/.exec(headers.get("location") ?? "") ?? [];
    expect(service.requests[3]).toMatchObject({
      responseHeaders: { location: "http://localhost/?code=<cut>&state=kept" },
    });
    for (const text of [...secrets, code]) {
      expect(text).toBeTruthy();
      expect(JSON.stringify(service.requests)).not.toContain(text);
    }
  });
});
