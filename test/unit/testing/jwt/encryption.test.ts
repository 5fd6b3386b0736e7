import { compactDecrypt, createLocalJWKSet, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../../../src/index.js";
import { createFakeIdentityService, type FakeIdentityService } from "../../../../src/testing/index.js";
import { wellKnownEncryptionKey } from "../../../../src/testing/jwt/encryption.js";
import { makeToken, makeUser } from "../../../helpers/testing/ask.js";

const options = { encryptedTokens: true, seed: 1, now: "2026-01-01T00:00:00Z" } as const;

function clientOf({ connectionString, httpClient }: FakeIdentityService) {
  return new CommunicationIdentityClient(connectionString, { httpClient });
}

/** Decrypts a token with another implementation of JWE. */
async function decrypted(token: string): Promise<string> {
  const { plaintext } = await compactDecrypt(token, new TextEncoder().encode(wellKnownEncryptionKey));
  return new TextDecoder().decode(plaintext);
}

describe("encrypted tokens", () => {
  it("are JWEs in compact form under the published key, and hold the signed JWT", async () => {
    const service = createFakeIdentityService(options);
    const { user, token, expiresOn } = await clientOf(service).createUserAndToken(["voip"]);
    const parts = token.split(".");
    expect(parts.map((part) => /^[\w-]*$/.test(part))).toEqual([true, true, true, true, true]);
    expect(JSON.parse(Buffer.from(parts[0] ?? "", "base64url").toString())).toEqual({
      alg: "dir",
      enc: "A256GCM",
      cty: "JWT",
      kid: "acs-identity-well-known",
    });
    const keySet = await service.fetch(new Request(new URL("/.well-known/jwks.json", service.endpoint)));
    const { payload } = await jwtVerify(
      await decrypted(token),
      createLocalJWKSet(JSON.parse(await keySet.text())),
      { currentDate: new Date(options.now) },
    );
    expect(payload).toMatchObject({
      skypeid: user.communicationUserId.slice(2),
      acsScope: "voip",
      exp: Math.floor(expiresOn.getTime() / 1000),
    });
  });

  it("are inspected like others, whether the service issues encrypted tokens or not", async () => {
    const service = createFakeIdentityService(options);
    const client = clientOf(service);
    const { user, token } = await client.createUserAndToken(["voip"]);
    const valid = {
      valid: true,
      encrypted: true,
      message: "Valid until 2026-01-02T00:00:00.000Z",
      userId: user.communicationUserId,
      scopes: ["voip"],
      issuedAt: new Date(options.now),
      expiresOn: new Date("2026-01-02T00:00:00Z"),
    };
    expect(await service.inspectToken(token)).toEqual(valid);
    const plain = createFakeIdentityService({ ...options, encryptedTokens: false });
    plain.restore(service.snapshot());
    expect(await plain.inspectToken(token)).toEqual(valid);
    const { encrypted: _, ...rest } = valid;
    expect(await service.inspectToken(await decrypted(token))).toEqual(rest);
    await client.revokeTokens(user);
    expect(await service.inspectToken(token)).toMatchObject({ problem: "revoked", encrypted: true });
  });

  it("are the same for the same seed and time, and differ for every token", async () => {
    const [one, other] = [createFakeIdentityService(options), createFakeIdentityService(options)];
    const [id] = [await makeUser(one), await makeUser(other)];
    const tokens = [await makeToken(one, id), await makeToken(one, id)];
    expect([await makeToken(other, id), await makeToken(other, id)]).toEqual(tokens);
    const vectors = tokens.map((token) => token.split(".")[2]);
    expect(new Set(vectors).size).toBe(2);
  });

  it.each<[string, (parts: string[]) => string[]]>([
    ["another header", ([, ...rest]) => ["e30", ...rest]],
    ["an encrypted key", ([header = "", , ...rest]) => [header, "AA", ...rest]],
    ["another tag", (parts) => [...parts.slice(0, 4), "A".repeat(22)]],
    ["a short tag", (parts) => [...parts.slice(0, 4), "AAAA"]],
    ["another vector", ([header = "", key = "", , ...rest]) => [header, key, "A".repeat(16), ...rest]],
    ["characters that aren't base64url", (parts) => [...parts.slice(0, 3), "+", ...parts.slice(4)]],
    ["a part too many", (parts) => [...parts, ""]],
  ])("are malformed with %s", async (_, change) => {
    const service = createFakeIdentityService(options);
    const token = await makeToken(service, await makeUser(service));
    const { valid, problem } = await service.inspectToken(change(token.split(".")).join("."));
    expect([valid, problem]).toEqual([false, "malformed"]);
  });

  it("leave the tokens of Entra users decodable, because the service reads them", async () => {
    const credential = createFakeIdentityService(options).createTokenCredential();
    const { token = "" } = (await credential.getToken("https://communication.azure.com/.default")) ?? {};
    expect(token.split(".")).toHaveLength(3);
  });
});
