import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { cutText } from "../../../../src/testing/log/cutSecrets.js";
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
    ["x-identity-header", "of-an-app-service", "<cut>"],
  ])("in the header %s: %s", async (name, value, expected) => {
    expect((await logged({ headers: { [name]: value } }))?.headers[name]).toBe(expected);
  });

  const names =
    "accesskey accessKey access_token assertion authorisation authorization bearer client_assertion client_secret clientCredential code code_challenge code_verifier codeVerifier connection_string cookie device_code deviceCode id_token_hint jwt key keys passcode passphrase passwd password pwd refresh_token secretValue secret_value session_id sessionId sig signature token tokens user_code";
  it.each(names.split(" "))(
    "in the %s of a query, of the diagnosis that contains it, and of a form",
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
    },
  );

  it.each(names.split(" ").filter((name) => name !== "code"))("in the %s of a body in JSON", async (name) => {
    expect((await logged({ body: { [name]: [secret] } }))?.body).toEqual({ [name]: "<cut>" });
  });

  it.each([
    [`https://a.example/#access_token=${secret}&x=1`, "https://a.example/#access_token=<cut>&x=1"],
    [`/x?next=%2F%3Ftoken%3D${secret}%26x`, "/x?next=%2F%3Ftoken%3D<cut>%26x"],
    [`/x?next=%2F%23token%3D${secret}`, "/x?next=%2F%23token%3D<cut>"],
    [`/x?env=A%3D1%0atoken%3D${secret}%0AB%3D1`, "/x?env=A%3D1%0atoken%3D<cut>%0AB%3D1"],
    [`/x?text=accesskey=${secret}&x=1`, "/x?text=accesskey=<cut>&x=1"],
  ])("in a text within another: %s", (text, expected) => expect(cutText(text)).toBe(expected));

  it("however long the text is, in a time that doesn't grow with its square", () => {
    const marks = "?".repeat(600_000);
    expect(cutText(`/${marks}token=${secret}`)).toBe(`/${marks}token=<cut>`);
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

  it("in what was responded, but for the tokens that the well-known key signed", async () => {
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
    const cutCodes = { ...ofDevice, device_code: "<cut>", user_code: "<cut>" };
    expect(service.requests.map(({ responseBody }) => responseBody)).toEqual([byEntra, cutCodes, created]);
    expect(service.requests[0]?.body).toMatchObject({ client_secret: "<cut>" });
  });
});

it("a logged Location has no JWT that its client sent, but those that the well-known key signed", async () => {
  const service = createFakeIdentityService();
  const { clientId, tenantId } = service.entra;
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: "http://localhost/",
    response_type: "code",
    scope: "openid",
    login_hint: "alice@contoso.com",
    state: jwt,
  });
  const url = `${service.endpoint}${tenantId}/oauth2/v2.0/authorize?${query}`;
  const { headers } = await service.fetch(url, { redirect: "manual" });
  const location = headers.get("location") ?? "";
  expect(location).toContain(jwt);
  expect(service.requests[0]?.responseHeaders?.location).toBe(location.replace(jwt, "<cut>"));
});

describe("a logged request has what was received", () => {
  it.each([
    [
      "a user's id with 43 characters after its colon",
      `/identities/8%3Aacs%3A${crypto.randomUUID()}_0000abcd`,
    ],
    ["what looks like a key", `/x?y=${secret}%3D%3D&customId=${"aA1_".repeat(20)}&keyed=%e4&zipCode=75008`],
    ["what only begins like a JWT", "/eyJhbGciOiJub25lIn0?x=eyJane.doe&y=eyJ.eyJ&z=a.b.c"],
  ])("even if it is %s", async (_, target) => {
    const service = createFakeIdentityService({ accessKey: "c2VjcmV0" });
    await ask(service, {
      method: "POST",
      target,
      headers: { "x-other": secret },
      body: { customId: "c2VjcmV0" },
    });
    const [request] = service.requests;
    expect(request).toMatchObject({ target, body: { customId: "c2VjcmV0" } });
    expect(request?.headers["x-other"]).toBe(secret);
  });

  it.each([false, true])(
    "of tokens of fakes and emulators, with encryption: %s, but of no others",
    async (encryptedTokens) => {
      const service = createFakeIdentityService({ encryptedTokens });
      const {
        body: {
          accessToken: { token = "" },
        },
      } = await ask(service, {
        method: "POST",
        target,
        body: { createTokenWithScopes: ["chat"] },
      });
      const forged = `${token.slice(0, -9)}AAAA${token.slice(-5)}`;
      for (const [given, expected] of [
        [token, token],
        [forged, "<cut>"],
      ] as const) {
        await ask(service, {
          method: "POST",
          target: `/x?y=${given}&token=${given}`,
          headers: { authorization: `Bearer ${given}`, "x-key": given, "x-other": `${given}.` },
          body: { token: given, x: `(${given})` },
        });
        expect(service.requests.at(-1)).toMatchObject({
          target: `/x?y=${expected}&token=${expected}`,
          headers: { authorization: `Bearer ${expected}`, "x-key": expected, "x-other": `${expected}.` },
          body: { token: expected, x: `(${expected})` },
        });
      }
    },
  );
});
