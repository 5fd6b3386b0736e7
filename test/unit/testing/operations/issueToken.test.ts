import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { createFakeIdentityService, type FakeIdentityService } from "../../../../src/testing/index.js";
import { ask, makeToken, makeUser } from "../../../helpers/testing/ask.js";

async function keySet(service: FakeIdentityService) {
  const response = await service.fetch(new Request(new URL("/.well-known/jwks.json", service.endpoint)));
  return response.json();
}

describe("a token", () => {
  it("has the claims of a real service token, and jose verifies it with the published keys", async () => {
    const resourceId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
    const service = createFakeIdentityService({ now: "2026-03-01T12:00:00.250Z", resourceId });
    const id = await makeUser(service);
    const token = await makeToken(service, id, { scopes: ["chat", "voip"], expiresInMinutes: 90 });
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(await keySet(service)), {
      algorithms: ["RS256"],
      currentDate: new Date("2026-03-01T12:30:00Z"),
    });
    const issuedAt = Date.parse("2026-03-01T12:00:00Z") / 1000;
    expect(payload).toEqual({
      skypeid: id.slice(2),
      scp: 1792,
      csi: String(issuedAt),
      exp: issuedAt + 90 * 60,
      acsScope: "chat,voip",
      resourceId,
      iat: issuedAt,
      jti: "1",
    });
    expect(protectedHeader).toEqual({ alg: "RS256", kid: (await keySet(service)).keys[0].kid, typ: "JWT" });
  });

  it("has a published key without private parts", async () => {
    const { keys } = await keySet(createFakeIdentityService());
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0]).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
    expect(await calculateJwkThumbprint(keys[0])).toBe(keys[0].kid);
  });

  it("expires when the answer says, which has up to seven digits of a second and no zeros at its end", async () => {
    const service = createFakeIdentityService({ seed: 1, now: "2026-03-01T12:00:00.250Z" });
    const target = `/identities/${encodeURIComponent(await makeUser(service))}/:issueAccessToken?api-version=2023-10-01`;
    const lengths = new Set<number>();
    for (let count = 0; count < 30; count++) {
      const { body } = await ask(service, { method: "POST", target, body: { scopes: ["chat"] } });
      expect(body.expiresOn).toMatch(/^2026-03-02T12:00:00\.25(?:0\d{0,3}[1-9])?\+00:00$/);
      lengths.add(body.expiresOn.length);
    }
    expect(lengths.size).toBeGreaterThan(1);
  });
});

it("ids and tokens are the same for the same seed and time, and others for another seed or without one", async () => {
  const story = async (options: { seed?: string }) => {
    const service = createFakeIdentityService({ now: "2026-03-01T12:00:00Z", ...options });
    const id = await makeUser(service);
    return [id, await makeUser(service), await makeToken(service, id), await makeToken(service, id)];
  };
  const one = await story({ seed: "a" });
  expect(await story({ seed: "a" })).toEqual(one);
  const all = [...one, ...(await story({ seed: "b" })), ...(await story({})), ...(await story({}))];
  expect(new Set(all).size).toBe(16);
});
