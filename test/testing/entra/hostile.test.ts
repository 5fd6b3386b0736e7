// Input that is neither text nor what it claims to be. None of it is a fault of the service, so nothing answers 500.
import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createFakeIdentityService } from "../../../src/testing/index.js";
import { ask } from "../ask.js";
import { askToken, clientCredentials } from "./form.js";
import { signToken } from "./signToken.js";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const json = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Signs an assertion of the well-known application. `pad` pads a part with `=`, as the asynchronous azure-identity does. */
function assertion(header: object, claims: object, pad = (part: string) => part): string {
  const { clientId, tenantId, authorityHost } = createFakeIdentityService().entra;
  const content = {
    iss: clientId,
    sub: clientId,
    aud: `${authorityHost}/${tenantId}/oauth2/v2.0/token`,
    exp: Math.floor(Date.now() / 1000) + 600,
    ...claims,
  };
  const signed = `${pad(json({ alg: "RS256", ...header }))}.${pad(json(content))}`;
  return `${signed}.${pad(sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url"))}`;
}

function signIn(client_assertion: string) {
  const service = createFakeIdentityService();
  const { clientId } = service.entra;
  service.entra.setApplication({
    clientId,
    certificates: [publicKey.export({ type: "spki", format: "pem" }).toString()],
  });
  const form = { client_id: clientId, client_assertion_type: type, client_assertion };
  return askToken(service, { ...clientCredentials, ...form });
}

describe("the token endpoint", () => {
  it("answers a body that isn't UTF-8 as Entra answers invalid input", async () => {
    const { entra, fetch } = createFakeIdentityService();
    const response = await fetch(
      new Request(`${entra.authorityHost}/common/oauth2/v2.0/token`, {
        method: "POST",
        body: new Uint8Array([0xff]),
      }),
    );
    expect([response.status, (await response.json()).error_codes]).toEqual([400, [90013]]);
  });

  it.each<[string, object, object, number]>([
    ["an object as alg", { alg: { toString: 1 } }, {}, 700027],
    ["an object as aud", {}, { aud: { toString: 1 } }, 700023],
    ["an object as iss", {}, { iss: { toString: 1 } }, 700021],
  ])("refuses an assertion with %s", async (_, header, claims, number) => {
    const { status, body } = await signIn(assertion(header, claims));
    expect([status, body.error_codes]).toEqual([401, [number]]);
  });

  it("accepts an assertion whose parts are padded, and no other text after them", async () => {
    const padded = (part: string) => part.padEnd(Math.ceil(part.length / 4) * 4, "=");
    const given = assertion({ typ: "JWT" }, {}, padded);
    expect(given).toContain("=");
    expect((await signIn(given)).status).toBe(200);
    expect((await signIn(assertion({}, {}))).status).toBe(200);
    expect((await signIn(`${given}===`)).body.error_codes).toEqual([50027]);
  });
});

describe("a signed token", () => {
  const exp = Math.floor(Date.now() / 1000) + 600;

  it.each(["aud", "oid", "tid", "scp", "appid"])(
    "whose claim %s is an object is never accepted",
    async (name) => {
      const service = createFakeIdentityService({ seed: 1 });
      const claims = { aud: "https://communication.azure.com/clients", oid: "x", scp: "VoIP", exp };
      const token = await signToken({ ...claims, [name]: { toString: 1 } });
      for (const target of [
        "/identities?api-version=2023-10-01",
        "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview",
      ]) {
        const headers = { authorization: `Bearer ${token}` };
        const { status } = await ask(service, { method: "POST", target, body: {}, headers });
        expect([401, 403]).toContain(status);
      }
      const appId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
      const target = "/teamsUser/:exchangeAccessToken?api-version=2023-10-01";
      const { status } = await ask(service, {
        method: "POST",
        target,
        body: { token, appId, userId: appId },
      });
      expect(status).toBe(401);
    },
  );

  it("whose principal is an object has no role of its own", async () => {
    const service = createFakeIdentityService({ seed: 1 });
    const token = await signToken({ aud: "https://communication.azure.com", oid: { toString: 1 }, exp });
    const headers = { authorization: `Bearer ${token}` };
    const target = "/identities?api-version=2023-10-01";
    expect((await ask(service, { method: "POST", target, headers })).status).toBeLessThan(500);
  });
});
