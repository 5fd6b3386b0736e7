import { constants, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { ClientCertificateCredential } from "@azure/identity";
import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../../src/testing/index.js";
import { wellKnownPrivateJwk } from "../../../../../src/testing/jwt/wellKnownKey.js";
import { makeSelfSigned } from "../../../../helpers/certificates.js";
import { askToken, clientCredentials, decode } from "../form.js";

const unknown = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";

describe("a client's assertion", () => {
  const key = createPrivateKey({ key: wellKnownPrivateJwk, format: "jwk" });
  const own = String(createPublicKey(key).export({ type: "spki", format: "pem" }));
  const selfSigned = makeSelfSigned();
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;
  /** An object that JavaScript can't turn into a string. */
  const unprintable = { toString: 1, valueOf: 1 };

  interface Assertion {
    readonly certificates?: readonly string[];
    readonly alg?: unknown;
    readonly isPadded?: boolean;
  }

  async function ask(
    claims: object,
    form: object = {},
    { certificates = [selfSigned.cert, own], alg = "PS256", isPadded = false }: Assertion = {},
  ) {
    const service = createFakeIdentityService();
    // The claim exp is compared with this machine's clock.
    service.clock.advance({ hours: 5 });
    const { clientId, tenantId } = service.entra;
    service.entra.setApplication({ clientId, certificates });
    const defaults = { iss: clientId, sub: clientId, aud: `https://login.example/${tenantId}/v2.0` };
    const encode = (bytes: string | Buffer) => {
      const text = Buffer.from(bytes).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
      return isPadded ? text : text.replace(/=+$/, "");
    };
    const signed = [{ alg }, { ...defaults, exp: inAnHour, ...claims }]
      .map((part) => encode(JSON.stringify(part)))
      .join(".");
    const padding = alg === "PS256" ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
    const signature = sign("sha256", Buffer.from(signed), { key, padding, saltLength: 32 });
    return askToken(service, {
      ...clientCredentials,
      client_id: clientId,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: `${signed}.${encode(signature)}`,
      ...form,
    });
  }

  it("can be padded, as Python's asynchronous client sends and signs it", async () => {
    expect(
      (await ask({}, {}, { alg: "RS256", isPadded: true, certificates: [own, selfSigned.cert] })).status,
    ).toBe(200);
  });

  it.each(["", "/", "/v2.0", "/oauth2/token", "/OAuth2/v2.0/token"])(
    "stands for its secret if one of its keys is registered, for a tenant's %j",
    async (path) => {
      // The expiry as MSAL for .NET writes it, and another name of the tenant.
      const claims = { exp: String(inAnHour), aud: `https://login.example/Contoso.com${path}` };
      expect((await ask(claims)).status).toBe(200);
    },
  );

  it.each<[Assertion, string]>([
    [
      { certificates: [selfSigned.cert] },
      "used to sign the client assertion is not registered on application.",
    ],
    [{ certificates: [] }, "the application has no certificate. Register one."],
    [{ alg: unprintable }, "used to sign the client assertion is not registered on application."],
  ])("is rejected if its key isn't registered (%#)", async (assertion, description) => {
    const { status, body } = await ask({}, {}, assertion);
    expect([status, body.error, body.error_codes, body.error_description]).toEqual([
      401,
      "invalid_client",
      [700027],
      expect.stringContaining(description),
    ]);
  });

  it.each<[string, number, object, object?]>([
    ["of another issuer", 700021, { iss: unknown }],
    ["of another authority", 700211, { iss: "https://token.actions.example" }],
    ["whose expiry isn't a number", 700024, { exp: `${inAnHour}s` }],
    ["whose issuer is an object", 700021, { iss: unprintable }],
    ["whose audience is an object", 700023, { aud: unprintable }],
    ["about another client", 700021, { sub: unknown }],
    ["that has expired", 700024, { exp: inAnHour - 2 * 3600 }],
    ["that never expires", 700024, { exp: undefined }],
    ["for another tenant", 700023, { aud: `https://login.example/${unknown}/v2.0` }],
    ["for another endpoint", 700023, { aud: "https://login.example/x" }],
    ["without its type", 900144, {}, { client_assertion_type: "" }],
    ["of another type", 900144, {}, { client_assertion_type: "jwt-bearer" }],
    ["that isn't a JWT", 50027, {}, { client_assertion: "nonsense" }],
  ])("%s is rejected with AADSTS%i", async (_, number, claims, form) => {
    expect((await ask(claims, form)).body.error_codes).toEqual([number]);
  });

  it("can be made by @azure/identity with a registered certificate", async () => {
    const { cert, key } = selfSigned;
    const service = createFakeIdentityService();
    const { tenantId, clientId, authorityHost } = service.entra;
    const credential = new ClientCertificateCredential(
      tenantId,
      clientId,
      { certificate: `${key}\n${cert}` },
      { authorityHost, disableInstanceDiscovery: true, httpClient: service.httpClient },
    );
    const call = () => credential.getToken("https://communication.azure.com/.default");
    await expect(call()).rejects.toThrow(/AADSTS700027/);
    service.entra.setApplication({ clientId, certificates: [cert] });
    expect(decode((await call()).token).appidacr).toBe("2");
  });
});
