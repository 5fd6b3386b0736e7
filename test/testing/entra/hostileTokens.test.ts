import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../src/testing/index.js";
import { wellKnownPrivateJwk } from "../../../src/testing/tokens/wellKnownKey.js";
import { ask } from "../ask.js";
import { askToken, clientCredentials } from "./form.js";
import { signToken } from "./signToken.js";

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const audience = "https://communication.azure.com/";

/** An object that JavaScript can't turn into a string. */
const unprintable = { toString: 1, valueOf: 1 };

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

describe("the token endpoint", () => {
  it("answers 400 to a body that isn't UTF-8", async () => {
    const { entra, fetch } = createFakeIdentityService();
    const request = new Request(`${entra.authorityHost}/common/oauth2/v2.0/token`, {
      method: "POST",
      body: new Uint8Array([0xff]),
    });
    const response = await fetch(request);
    expect([response.status, await response.json()]).toMatchObject([400, { error: "invalid_request" }]);
  });

  it("rejects a client assertion whose alg is an object, in Entra's words", async () => {
    const service = createFakeIdentityService();
    const { clientId } = service.entra;
    const reply = await askToken(service, {
      ...clientCredentials,
      client_id: clientId,
      client_assertion_type: assertionType,
      client_assertion: `${encoded({ alg: unprintable })}.${encoded({ iss: clientId, sub: clientId })}.AAAA`,
    });
    expect(reply).toMatchObject({ status: 401, body: { error: "invalid_client", error_codes: [700027] } });
  });

  it("reads an application's certificate in a time that doesn't grow with its square", () => {
    const { entra } = createFakeIdentityService();
    const certificates = ["-----BEGIN PUBLIC KEY-----".repeat(100_000)];
    expect(() => entra.setApplication({ clientId: entra.clientId, certificates })).toThrow("in PEM");
  });

  it("accepts a client assertion with padding, as Python's asynchronous client sends and signs it", async () => {
    const privateKey = createPrivateKey({ key: wellKnownPrivateJwk, format: "jwk" });
    const service = createFakeIdentityService();
    const { clientId, tenantId, authorityHost } = service.entra;
    const certificate = String(createPublicKey(privateKey).export({ type: "spki", format: "pem" }));
    service.entra.setApplication({ clientId, certificates: [certificate] });
    const encode = (bytes: string | Buffer) =>
      Buffer.from(bytes).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
    const claims = {
      iss: clientId,
      sub: clientId,
      aud: `${authorityHost}/${tenantId}/oauth2/v2.0/token`,
      exp: Math.floor(Date.now() / 1000) + 600,
    };
    const signed = [{ alg: "RS256", typ: "JWT" }, claims]
      .map((part) => encode(JSON.stringify(part)))
      .join(".");
    const reply = await askToken(service, {
      ...clientCredentials,
      client_id: clientId,
      client_assertion_type: assertionType,
      client_assertion: `${signed}.${encode(sign("sha256", Buffer.from(signed), privateKey))}`,
    });
    expect(reply.status).toBe(200);
  });
});

describe("a bearer token", () => {
  it.each([
    ["aud", { aud: unprintable }],
    ["aud, in a list", { aud: [unprintable] }],
    ["oid", { aud: audience, oid: unprintable }],
    ["tid", { aud: audience, tid: unprintable }],
  ])("whose %s is an object is never an internal error", async (_, claims) => {
    const service = createFakeIdentityService({ seed: "hostile" });
    const token = await signToken({ oid: "someone", exp: Math.floor(Date.now() / 1000) + 600, ...claims });
    const { status, body } = await ask(service, {
      method: "POST",
      target: "/identities?api-version=2023-10-01",
      headers: { authorization: `Bearer ${token}` },
    });
    // A principal that was never in the directory may call, whatever its id is.
    if (status !== 201) expect([status, body.error.code]).toEqual([401, "Denied"]);
    expect(status).toBeLessThan(500);
  });

  it.each([["oid"], ["tid"]])(
    "whose %s is half a surrogate pair is a 400, because no URL could name the user",
    async (claim) => {
      const service = createFakeIdentityService({ strictness: "loose" });
      const claims = { oid: "user", tid: "tenant", scp: "VoIP", [claim]: "\ud800" };
      const { status, body } = await ask(service, {
        method: "POST",
        target: "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview",
        body: {},
        headers: { authorization: `Bearer ${encoded({ alg: "none" })}.${encoded(claims)}.` },
      });
      expect([status, body.error.code]).toEqual([400, "ValidationError"]);
      expect(service.users).toEqual([]);
    },
  );
});
