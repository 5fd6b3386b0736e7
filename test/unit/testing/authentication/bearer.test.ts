import type { AccessToken } from "@azure/core-auth";
import { ClientSecretCredential } from "@azure/identity";
import { describe, expect, it, vi } from "vitest";
import { CommunicationIdentityClient } from "../../../../src/index.js";
import { createFakeIdentityService, type FakeIdentityService } from "../../../../src/testing/index.js";
import { ask, makeToken, makeUser, type Reply } from "../../../helpers/testing/ask.js";
import { decode } from "../entra/form.js";
import { signToken } from "../entra/signToken.js";

const scope = "https://communication.azure.com//.default";

/** Creates a token like Entra's, without a valid signature. */
function entraToken(claims: object, header: object = { alg: "RS256", typ: "JWT" }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(claims)}.c2ln`;
}

const bob = {
  objectId: "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12",
  username: "bob@fabrikam.com",
  hasRole: false,
};

function createUser(service = createFakeIdentityService(), token = ""): Promise<Reply> {
  return ask(service, {
    method: "POST",
    target: "/identities?api-version=2023-10-01",
    bearer: token,
  });
}

/** An object that JavaScript can't turn into a string. */
const unprintable = { toString: 1, valueOf: 1 };

const good = { aud: "https://communication.azure.com/", exp: Math.floor(Date.now() / 1000) + 3600 };

describe("an Entra bearer token", () => {
  it("from createTokenCredential is accepted, also while the service's own clock is ahead", async () => {
    const service = createFakeIdentityService();
    const token = await service.createTokenCredential().getToken(scope);
    const { exp, iat } = decode(token?.token ?? "");
    expect([exp - iat, token?.expiresOnTimestamp]).toEqual([3600, exp * 1000]);
    expect((await createUser(service, token?.token)).status).toBe(201);
    service.clock.advance({ hours: 23 });
    expect((await createUser(service, token?.token)).status).toBe(201);
  });

  it("is for the audience of the option alone, by which its authority knows the service, too", async () => {
    const audience = "https://communication.azure.us";
    const service = createFakeIdentityService({ audience: "https://Communication.azure.us/" });
    const { entra, endpoint, httpClient } = service;
    const credential = new ClientSecretCredential(entra.tenantId, entra.clientId, entra.clientSecret, {
      authorityHost: entra.authorityHost,
      disableInstanceDiscovery: true,
      httpClient,
    });
    for (const each of [credential, service.createTokenCredential()]) {
      await new CommunicationIdentityClient(endpoint, each, { httpClient, audience }).createUser();
    }
    const refused = await createUser(service, (await service.createTokenCredential().getToken(scope))?.token);
    expect(refused.diagnosis).toBe(
      `The bearer token is meant for "https://communication.azure.com/", not for ${audience}/`,
    );
  });

  const teams = "https://auth.msft.communication.azure";
  const create = "/identities?api-version=2023-10-01";
  const teamsExtension = "/access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30";
  const entra = "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview";

  it.each([
    [create, [good.aud, good.aud.slice(0, -1)], ["", `${good.aud}clients`]],
    [teamsExtension, [`${teams}.com`, `${teams}.com/`, `${teams}.us`, `${teams}.us/`], ["", good.aud]],
    [entra, [`${good.aud}clients`, `${good.aud}clients/`], ["", good.aud]],
  ])("for %s has one of the audiences %j, and none of %j", async (target, right, wrong) => {
    const service = createFakeIdentityService();
    for (const aud of [...right, ...wrong]) {
      const bearer = await signToken({ ...good, aud });
      const { diagnosis } = await ask(service, { method: "POST", target, body: {}, bearer });
      const isRefused = /^The bearer token is meant for ".*", not for https:/.test(diagnosis ?? "");
      expect([aud, isRefused]).toEqual([aud, wrong.includes(aud)]);
    }
  });

  it.each([
    [0, "expired 0 s ago"],
    [-90, "expired 90 s ago"],
    [Number.NaN, "has no expiry (claim exp)"],
  ])("that expires in %d s is rejected, because it %s", async (seconds, words) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-10-21T07:28:00Z") });
    const exp = Number.isNaN(seconds) ? "soon" : Date.now() / 1000 + seconds;
    const reply = await createUser(undefined, await signToken({ ...good, exp }));
    expect(reply.diagnosis).toBe(`The bearer token ${words}`);
  });

  it.each<[string, () => Promise<string | undefined>]>([
    ["bearer   ", async () => `${await signToken(good)} `],
    ["Bearer ", () => signToken({ ...good, oid: unprintable })],
    ["Bearer ", () => signToken({ ...good, aud: ["https://graph.microsoft.com", good.aud] })],
    // All fakes and emulators sign with the same key.
    [
      "BEARER ",
      async () =>
        (await createFakeIdentityService({ seed: "other" }).createTokenCredential().getToken(scope))?.token,
    ],
  ])(
    "is accepted after '%s' if one of its audiences is right, from another fake, too (%#)",
    async (scheme, make) => {
      const { status } = await ask(createFakeIdentityService(), {
        method: "POST",
        target: create,
        headers: { authorization: scheme + (await make()) },
      });
      expect(status).toBe(201);
    },
  );

  it.each<[string, (service: FakeIdentityService) => unknown, RegExp]>([
    [
      "has expired",
      (service) => service.createTokenCredential({ expiresInMinutes: -60 }).getToken(scope),
      /expired \d+ s ago/,
    ],
    [
      "is for another audience",
      (service) => service.createTokenCredential().getToken("https://graph.microsoft.com/User.Read"),
      /is meant for "https:\/\/graph\.microsoft\.com", not for https:\/\/communication/,
    ],
    [
      "comes from the real Entra ID",
      () => entraToken({ iss: "https://sts.windows.net/1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01/", ...good }),
      /not signed by this service: it comes from https:\/\/sts\.windows\.net\/.*--loose/,
    ],
    [
      "was changed after this service issued it",
      async (service) => {
        const token = await service.createTokenCredential().getToken(scope);
        const [header, payload = "", signature] = (token?.token ?? "").split(".");
        const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
        const changed = Buffer.from(JSON.stringify({ ...claims, oid: "other" })).toString("base64url");
        return `${header}.${changed}.${signature}`;
      },
      /not signed by this service: it was changed after it was issued/,
    ],
    ...[unprintable, [unprintable]].map((aud): [string, () => unknown, RegExp] => [
      `is for the audience ${JSON.stringify(aud)}`,
      () => signToken({ ...good, aud }),
      /^The bearer token is meant for \[?\{"toString":1,"valueOf":1\}\]?, not/,
    ]),
    ["names no issuer", () => entraToken(good), /not signed by this service: it names no issuer/],
    ...[{ tid: bob.objectId }, { tid: unprintable }, { iss: "this service" }, { iss: undefined }].map(
      (claims): [string, () => unknown, RegExp] => [
        `is signed, but has ${JSON.stringify(claims)}`,
        () => signToken({ ...good, ...claims }),
        /not by its Entra ID authority/,
      ],
    ),
    [
      "is unsigned",
      () => entraToken(good, { alg: "none", typ: "JWT" }),
      /not signed by this service: it names no issuer/,
    ],
    [
      "is an ACS user's token",
      async (service) => makeToken(service, await makeUser(service)),
      /signed by this service, but not by its Entra ID authority/,
    ],
    ["isn't a JWT", () => "opaque", /^The bearer token isn't a JWT$/],
    ["is empty", () => "", /^The bearer token isn't a JWT$/],
    ["has empty parts", () => "...", /^The bearer token isn't a JWT$/],
    ["is made of null", () => "bnVsbA.bnVsbA.x", /^The bearer token isn't a JWT$/],
  ])("that %s is rejected", async (_, make, diagnosis) => {
    const service = createFakeIdentityService();
    const made = await make(service);
    const token = typeof made === "string" ? made : (made as AccessToken).token;
    const reply = await createUser(service, token);
    expect(reply.status).toBe(401);
    expect(reply.body).toEqual({ error: { code: "Denied", message: "Denied by the resource provider." } });
    expect(reply.diagnosis).toMatch(diagnosis);
    expect(reply.topic).toBe("entra-id-credentials");
  });

  it.each([
    ["user", { users: [bob] }],
    ["application", { applications: [{ clientId: bob.objectId, hasRole: false }] }],
  ])(
    "of a %s without a role is rejected with a diagnosis that names the role, but not by a loose service",
    async (type, entra) => {
      const service = createFakeIdentityService({ entra });
      const objectId = bob.objectId.toUpperCase();
      const token = await service.createTokenCredential({ objectId }).getToken(scope);
      const reply = await createUser(service, token?.token);
      expect([reply.status, reply.body.error.code]).toEqual([401, "Denied"]);
      expect(reply.topic).toBe("entra-id-no-role");
      expect(reply.diagnosis).toBe(
        `The ${type} ${objectId} has no role on this resource. Assign the built-in role Communication and Email Service Owner, or Contributor; a custom role needs the actions Microsoft.Communication/CommunicationServices/Read and /Write`,
      );
      const loose = createFakeIdentityService({ entra, strictness: "loose" });
      for (const text of [token?.token, "anything"]) expect((await createUser(loose, text)).status).toBe(201);
    },
  );

  it("of a principal that was deleted since is rejected", async () => {
    const service = createFakeIdentityService();
    const token = await service.createTokenCredential().getToken(scope);
    expect((await createUser(service, token?.token)).status).toBe(201);
    service.entra.deletePrincipal(service.entra.applications[0]?.objectId ?? "");
    const reply = await createUser(service, token?.token);
    expect(reply.diagnosis).toMatch(/The principal \S+ has no role on this resource, because it was deleted/);
  });
});
