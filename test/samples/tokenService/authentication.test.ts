import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Emulator, startEmulator } from "acs-identity/emulator";
import { createRemoteJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countUsers, type Running, startTokenService } from "./harness.js";

const issuer = "https://login.contoso.test/";
const audience = "api://token-service";
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

let emulator: Emulator;
let service: Running;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let jwksUrl: URL;
let jwksStatus = 200;
const jwksServer = createServer(async (_, response) => {
  response.writeHead(jwksStatus, { "Content-Type": "application/json" });
  response.end(
    JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: "one", alg: "RS256" }] }),
  );
});

beforeAll(async () => {
  keys = await generateKeyPair("RS256", { extractable: true });
  await new Promise<void>((resolve) => jwksServer.listen(0, "127.0.0.1", resolve));
  jwksUrl = new URL(`http://127.0.0.1:${(jwksServer.address() as AddressInfo).port}/keys`);
  emulator = await startEmulator();
  service = await startTokenService(emulator, {
    trusted: { issuer, audience, keys: createRemoteJWKSet(jwksUrl) },
  });
});

afterAll(async () => {
  await service.close();
  await emulator.close();
  jwksServer.close();
});

interface SignOptions {
  readonly key?: CryptoKey | Uint8Array;
  readonly alg?: string;
  readonly kid?: string;
}

function sign(
  claims: Record<string, unknown>,
  { key, alg = "RS256", kid = "one" }: SignOptions = {},
): Promise<string> {
  const payload: JWTPayload = { iss: issuer, aud: audience, sub: "alice", exp: inAnHour(), ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key ?? keys.privateKey);
}

describe("a caller", () => {
  it("is let in with a token of the issuer, whose keys are fetched", async () => {
    const { status, headers, body } = await service.call("POST", "/api/token", await sign({}));
    expect(status).toBe(200);
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(Object.keys(body)).toEqual(["token", "expiresOn", "user"]);
    expect(new Date(body.expiresOn).toISOString()).toBe(body.expiresOn);
    expect(body.user).toEqual({ communicationUserId: expect.stringMatching(/^8:acs:/) });
  });

  const foreignKeys = generateKeyPair("RS256");
  const unsigned = `${[{ alg: "none" }, { iss: issuer, aud: audience, sub: "alice", exp: inAnHour() }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".")}.`;

  it.each<[string, () => Promise<string | undefined>]>([
    ["no token", async () => undefined],
    ["a token that is none", async () => "hello"],
    ["a token without a signature", async () => unsigned],
    ["an expired token", () => sign({ exp: inAnHour() - 7200 })],
    ["a token that is not valid yet", () => sign({ nbf: inAnHour() })],
    ["a token without an end", () => sign({ exp: undefined })],
    ["a token of nobody", () => sign({ sub: undefined })],
    ["a token for another service", () => sign({ aud: "api://another" })],
    ["a token of another issuer", () => sign({ iss: "https://login.fabrikam.test/" })],
    ["a token that another key signed", async () => sign({}, { key: (await foreignKeys).privateKey })],
    ["a token with an unknown key", () => sign({}, { kid: "two" })],
    ["a token with a shared secret", () => sign({}, { alg: "HS256", key: new Uint8Array(32) })],
  ])("is refused with %s, and ACS is not asked", async (_, makeToken) => {
    const before = emulator.service.requests.length;
    for (const [method, path] of [
      ["POST", "/api/token"],
      ["POST", "/api/token/revoke"],
      ["DELETE", "/api/user"],
    ] as const) {
      const { status, headers, body } = await service.call(method, path, await makeToken());
      expect(status).toBe(401);
      expect(headers.get("WWW-Authenticate")).toBe("Bearer");
      expect(body.error?.code).toBe("NotSignedIn");
    }
    expect(emulator.service.requests).toHaveLength(before);
  });

  it("is told to come back when the keys of the issuer can't be had", async () => {
    const fresh = await startTokenService(emulator, {
      trusted: { issuer, audience, keys: createRemoteJWKSet(jwksUrl) },
    });
    try {
      jwksStatus = 500;
      const { status, headers } = await fresh.call("POST", "/api/token", await sign({}));
      expect([status, headers.get("Retry-After")]).toEqual([503, "5"]);
    } finally {
      jwksStatus = 200;
      await fresh.close();
    }
  });

  it("of the same name at another issuer is somebody else", async () => {
    const users = await countUsers(emulator);
    const caller = { issuer: "https://login.fabrikam.test/", subject: "alice" };
    expect(service.store.find(caller)).toBeUndefined();
    await service.call("POST", "/api/token", await sign({}));
    expect(service.store.insert(caller, "8:acs:another")).toBe(true);
    expect(await countUsers(emulator)).toBe(users);
  });
});

describe("other requests", () => {
  it.each([
    ["GET", "/api/token"],
    ["GET", "/../server.ts"],
    ["GET", "/page/index.html"],
    ["POST", "/"],
  ])("find nothing: %s %s", async (method, path) => {
    expect((await service.call(method, path, undefined)).status).toBe(404);
  });
});
