import { describe, expect, it, vi } from "vitest";
import { createFakeIdentityService, type FakeIdentityService } from "../../../../src/testing/index.js";
import { snapshotContent } from "../../../helpers/snapshotContent.js";
import { ask, makeUser } from "../../../helpers/testing/ask.js";

const target = "/identities?api-version=2023-10-01";
const first = createFakeIdentityService();

/** Returns the status and the diagnosis. */
async function create(service: FakeIdentityService, key: string): Promise<[number, string | null]> {
  const { status, diagnosis } = await ask(service, { method: "POST", target, key });
  return [status, diagnosis];
}

const keysOf = ({ accessKey, secondaryAccessKey }: FakeIdentityService) => [accessKey, secondaryAccessKey];

describe("regenerateKey", () => {
  it.each(["primary", "secondary"] as const)("replaces the %s key alone, at once", async (keyType) => {
    const service = createFakeIdentityService();
    const [former, other] = keyType === "primary" ? keysOf(service) : keysOf(service).toReversed();
    service.regenerateKey(keyType);
    const [current, same] = keyType === "primary" ? keysOf(service) : keysOf(service).toReversed();
    expect([same, atob(current ?? "").length]).toEqual([other, 64]);
    expect(current).not.toBe(former);
    expect((await create(service, current ?? ""))[0]).toBe(201);
    expect((await create(service, other ?? ""))[0]).toBe(201);
    const [status, diagnosis] = await create(service, former ?? "");
    expect(status).toBe(401);
    expect(diagnosis).toContain(`The client used the ${keyType} access key from before it was regenerated`);
    expect(diagnosis).not.toMatch(/well-known|Either/);
    expect([service.connectionString, service.secondaryConnectionString]).toEqual(
      keysOf(service).map((key) => `endpoint=${service.endpoint};accesskey=${key}`),
    );
  });

  it("revokes the tokens that were issued with the former key, and no others", async () => {
    const service = createFakeIdentityService();
    const user = await makeUser(service);
    const path = `/identities/${encodeURIComponent(user)}/:issueAccessToken?api-version=2023-10-01`;
    const issue = async (key: string) =>
      (await ask(service, { method: "POST", target: path, key, body: { scopes: ["chat"] } })).body.token;
    const [own, kept] = [await issue(service.accessKey), await issue(service.secondaryAccessKey)];
    const withUser = await ask(service, {
      method: "POST",
      target,
      body: { createTokenWithScopes: ["chat"] },
    });
    const ids = { appId: crypto.randomUUID(), userId: crypto.randomUUID() };
    const teamsToken = await service.createTeamsUserToken({ clientId: ids.appId, userObjectId: ids.userId });
    const exchanged = await ask(service, {
      method: "POST",
      target: "/teamsUser/:exchangeAccessToken?api-version=2023-10-01",
      body: { token: teamsToken, ...ids },
    });
    service.regenerateKey("primary");
    const later = await issue(service.accessKey);
    const copy = createFakeIdentityService();
    copy.restore(snapshotContent(service));
    for (const each of [service, copy]) {
      for (const token of [own, withUser.body.accessToken.token, exchanged.body.token]) {
        expect(await each.inspectToken(token)).toMatchObject({
          problem: "revoked",
          revokedAt: expect.any(Date),
        });
      }
      for (const token of [kept, later])
        expect(await each.inspectToken(token)).toMatchObject({ valid: true });
    }
  });

  it("gives no token to a request that is just being verified with the former key", async () => {
    const service = createFakeIdentityService();
    const verify = crypto.subtle.verify.bind(crypto.subtle);
    const spy = vi.spyOn(crypto.subtle, "verify").mockImplementationOnce((...parameters) => {
      service.regenerateKey("primary");
      return verify(...parameters);
    });
    const body = { createTokenWithScopes: ["chat"] };
    const { status, diagnosis } = await ask(service, { method: "POST", target, body });
    spy.mockRestore();
    expect([status, diagnosis]).toEqual([
      401,
      "The primary access key was replaced while this request was handled",
    ]);
    expect(service.users).toEqual([]);
  });

  it("is kept by a snapshot, with the keys that it replaced last, and undone by a reset", async () => {
    const service = createFakeIdentityService();
    for (let count = 0; count < 4; count++) {
      service.clock.advance({ days: 1 });
      service.regenerateKey("primary");
    }
    const snapshot = snapshotContent(service);
    const [former = ""] = keysOf(service);
    service.regenerateKey("primary");
    service.restore(snapshot);
    expect(keysOf(service)).toEqual([former, first.secondaryAccessKey]);
    expect((await create(service, first.accessKey))[1]).toContain("from before it was regenerated");
    expect(snapshot.events.filter(({ type }) => type === "accessKeyRegenerated")).toHaveLength(2);
    service.reset();
    expect(keysOf(service)).toEqual(keysOf(first));
    expect((await create(service, former))[0]).toBe(401);
  });

  it("gives the same keys for the same seed, and others without one", () => {
    const keys = (seed?: string) => {
      const service = createFakeIdentityService(seed === undefined ? {} : { seed });
      service.regenerateKey("primary");
      service.regenerateKey("primary");
      service.regenerateKey("secondary");
      return keysOf(service);
    };
    expect(keys("a")).toEqual(keys("a"));
    expect(new Set([...keys("a"), ...keys("b"), ...keys(), ...keys()]).size).toBe(8);
  });

  it("recognizes a former key under each quirk of the official clients", async () => {
    const service = createFakeIdentityService({ endpoint: "http://localhost:7311" });
    const key = service.accessKey;
    service.regenerateKey("primary");
    const question = { method: "POST", target, key, signed: { target: target.slice(1) } };
    expect((await ask(service, question)).diagnosis).toContain("from before it was regenerated");
  });

  it("refuses another type of key", () => {
    expect(() => first.regenerateKey("Primary" as "primary")).toThrow(TypeError);
  });
});

it.each([
  [{ secondaryAccessKey: "%" }, "secondaryAccessKey must be base64 of at least one byte"],
  [{ accessKey: null as unknown as string }, "accessKey must be a string"],
  [{ accessKey: "" }, "accessKey must be base64 of at least one byte"],
  [{ accessKey: first.secondaryAccessKey }, "accessKey must differ from the other access key"],
  [
    { accessKey: "MDEyMzQ1Njc4OQ==", secondaryAccessKey: "MDEyMzQ1Njc4OQ" },
    "secondaryAccessKey must differ from the other access key",
  ],
])("the keys %j are refused without being quoted", (options, message) => {
  expect(() => createFakeIdentityService(options)).toThrow(
    expect.objectContaining({ name: "TypeError", message }),
  );
});

it("a token of an Entra ID caller outlives both keys", async () => {
  const service = createFakeIdentityService();
  const token = await service.createTokenCredential().getToken("https://communication.azure.com//.default");
  const question = {
    method: "POST",
    target,
    bearer: token?.token,
    body: { createTokenWithScopes: ["chat"] },
  };
  const { accessToken } = (await ask(service, question)).body;
  service.regenerateKey("primary");
  service.regenerateKey("secondary");
  expect(await service.inspectToken(accessToken.token)).toMatchObject({ valid: true });
});
