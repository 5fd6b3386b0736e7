import { describe, expect, it, vi } from "vitest";
import { createFakeIdentityService, type FakeIdentityService } from "../../../../src/testing/index.js";
import { snapshotContent } from "../../../helpers/snapshotContent.js";
import { ask, deleteUser, makeToken, makeUser, revokeTokens } from "../../../helpers/testing/ask.js";

const id = "8:acs:00ac5000-1de4-4717-8000-0000000000f5_alice";

describe("restore", () => {
  it.each<[string, string | number | undefined, boolean]>([
    ["never gives a later user the id of a discarded one", undefined, false],
    ...["a seed", 0, ""].map((seed): [string, string | number, boolean] => [
      `gives later users the same ids again with the seed ${JSON.stringify(seed)}, but no valid tokens`,
      seed,
      true,
    ]),
  ])("%s", async (_, seed, isSame) => {
    const service = createFakeIdentityService(seed === undefined ? {} : { seed });
    const snapshot = snapshotContent(service);
    const discarded = await makeUser(service);
    const token = await makeToken(service, discarded);
    service.restore(snapshot);
    const later = await makeUser(service);
    expect(later === discarded).toBe(isSame);
    expect((await service.inspectToken(token)).valid).toBe(false);
  });

  it.each(["set", "skew"])(
    "takes every snapshot that snapshot gives, even after %s to the latest time",
    (name) => {
      vi.useFakeTimers({ toFake: ["Date"] });
      const service = createFakeIdentityService();
      const latest = Date.UTC(2100, 0);
      if (name === "set") service.clock.set(latest);
      else service.clock.skew({ milliseconds: latest - Date.now() - 5 });
      // The clock runs on.
      vi.setSystemTime(Date.now() + 60_000);
      const snapshot = snapshotContent(service);
      service.restore(snapshot);
      expect(snapshotContent(service)).toEqual(snapshot);
    },
  );
});

/** Gets a token for an Entra user, who is created with the same id again if it was deleted. */
async function exchange(service: FakeIdentityService): Promise<string> {
  const scope = "https://communication.azure.com/clients/VoIP";
  const bearer = (await service.createTokenCredential().getToken(scope))?.token;
  const target = "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview";
  return (await ask(service, { method: "POST", target, body: {}, bearer })).body.accessToken.token;
}

it("a token stays invalid if its user is deleted and created again with the same id, in snapshots, too", async () => {
  const service = createFakeIdentityService({ strictness: "loose" });
  service.clock.advance({ minutes: 30 });
  const token = await exchange(service);
  await deleteUser(service, service.users[0]?.id ?? "");
  service.clock.reset();
  const later = await exchange(service);
  const copy = createFakeIdentityService();
  copy.restore(service.snapshot());
  for (const each of [service, copy]) {
    expect(await each.inspectToken(token)).toMatchObject({ valid: false, problem: "userDeleted" });
    expect(await each.inspectToken(later)).toMatchObject({ valid: true });
  }
});

it("a reset with a seed makes tokens invalid until they are made again", async () => {
  const service = createFakeIdentityService({ seed: "a seed", now: "2026-03-01T12:00:00Z" });
  const make = async (scopes = ["chat"]) => makeToken(service, await makeUser(service), { scopes });
  const first = await make();
  const snapshot = service.snapshot();
  const second = await make();
  service.reset();
  expect(await make(["voip"])).not.toBe(first);
  for (const token of [first, second]) {
    expect(await service.inspectToken(token)).toMatchObject({ problem: expect.any(String) });
  }
  service.reset();
  expect([await make(), await service.inspectToken(first)]).toMatchObject([first, { valid: true }]);
  await makeUser(service);
  expect(await service.inspectToken(second)).toMatchObject({ problem: "revoked" });
  service.restore(snapshot);
  expect(await service.inspectToken(second)).toMatchObject({ valid: false });
});

it.each([undefined, "a seed"])("with the seed %s, a restore after a reset revives no token", async (seed) => {
  const service = createFakeIdentityService({ ...(seed && { seed }), users: [{ id }] });
  const start = service.snapshot();
  const token = await makeToken(service, id);
  await revokeTokens(service, id);
  const ofDiscardedUser = await makeToken(service, await makeUser(service));
  service.reset();
  for (const step of [() => {}, () => service.restore(start)]) {
    step();
    for (const each of [token, ofDiscardedUser])
      expect(await service.inspectToken(each)).toMatchObject({ valid: false, problem: "revoked" });
  }
});

it("restoring what another service saved keeps its tokens, and none of this service's", async () => {
  const users = [{ id }];
  const other = createFakeIdentityService({ users });
  const restored: string[] = [];
  for (let count = 0; count < 3; count++) restored.push(await makeToken(other, id));
  const service = createFakeIdentityService({ users });
  const discarded = [await makeToken(service, id, { scopes: ["voip"] })];
  await revokeTokens(service, id);
  discarded.push(await makeToken(service, id, { scopes: ["voip"] }));
  service.restore(other.snapshot());
  for (const token of discarded)
    expect(await service.inspectToken(token)).toMatchObject({ valid: false, problem: "revoked" });
  for (const token of restored) expect(await service.inspectToken(token)).toMatchObject({ valid: true });
  await deleteUser(service, id);
  expect(await service.inspectToken(restored[0] ?? "")).toMatchObject({ problem: "userDeleted" });
});

it("a revoked token stays invalid when the clock is set back", async () => {
  const service = createFakeIdentityService();
  const user = await makeUser(service);
  const token = await makeToken(service, user);
  service.clock.advance({ hours: 2 });
  await revokeTokens(service, user);
  service.clock.reset();
  expect(await service.inspectToken(token)).toMatchObject({ valid: false, problem: "revoked" });
});

describe("revocationDelayInSeconds", () => {
  it.each<[string, (service: FakeIdentityService, user: string) => Promise<void>]>([
    [
      "its key is replaced three times",
      async (service) => {
        service.regenerateKey("primary");
        service.clock.advance({ seconds: 800 });
        service.regenerateKey("primary");
        service.clock.advance({ seconds: 200 });
        service.regenerateKey("primary");
      },
    ],
    [
      "its user is deleted a while after its key was replaced",
      async (service, user) => {
        service.regenerateKey("primary");
        service.clock.advance({ seconds: 800 });
        await deleteUser(service, user);
        service.clock.advance({ seconds: 200 });
      },
    ],
    [
      "its user is revoked again shortly before",
      async (service, user) => {
        await revokeTokens(service, user);
        service.clock.advance({ seconds: 800 });
        await revokeTokens(service, user);
        service.clock.advance({ seconds: 200 });
      },
    ],
    [
      "its user is revoked again after the clock was set back",
      async (service, user) => {
        service.clock.advance({ seconds: 1000 });
        await revokeTokens(service, user);
        service.clock.advance({ seconds: -1000 });
        await revokeTokens(service, user);
        service.clock.advance({ seconds: 1000 });
      },
    ],
  ])("counts from the first of several revocations when %s, in a snapshot, too", async (_, act) => {
    const service = createFakeIdentityService({ revocationDelayInSeconds: 900, now: "2026-03-01T12:00:00Z" });
    const user = await makeUser(service);
    const token = await makeToken(service, user);
    await act(service, user);
    const revokedAt = new Date("2026-03-01T12:00:00Z");
    for (const step of [() => {}, () => service.restore(service.snapshot())]) {
      step();
      expect(await service.inspectToken(token)).toMatchObject({ valid: false, revokedAt });
    }
  });

  it("ends for the token of each user that had the same id, in a snapshot, too", async () => {
    const service = createFakeIdentityService({ revocationDelayInSeconds: 900, strictness: "loose" });
    const tokens: string[] = [];
    for (const seconds of [1000, 100]) {
      tokens.push(await exchange(service));
      await deleteUser(service, service.users[0]?.id ?? "");
      service.clock.advance({ seconds });
    }
    for (const step of [() => {}, () => service.restore(service.snapshot())]) {
      step();
      const [first = "", second = ""] = tokens;
      expect(await service.inspectToken(first)).toMatchObject({ valid: false, problem: "userDeleted" });
      expect(await service.inspectToken(second)).toMatchObject({ valid: true, revokedAt: expect.any(Date) });
    }
  });

  it.each([
    ["revoked", revokeTokens],
    ["userDeleted", deleteUser],
  ])(
    "lets a token that is %s stay valid for that long, by the service's clock, after a restart, too",
    async (problem, act) => {
      const options = { revocationDelayInSeconds: 900, now: "2026-03-01T12:00:00Z" };
      const service = createFakeIdentityService(options);
      const user = await makeUser(service);
      const token = await makeToken(service, user);
      service.clock.advance({ hours: 1 });
      expect(await act(service, user)).toBe(204);
      const copy = createFakeIdentityService(options);
      copy.restore(service.snapshot());
      const revokedAt = new Date("2026-03-01T13:00:00Z");
      for (const each of [service, copy]) {
        expect(await each.inspectToken(token)).toMatchObject({ valid: true, revokedAt });
        each.clock.advance({ seconds: 899 });
        expect(await each.inspectToken(token)).toMatchObject({
          valid: true,
          message: "Revoked at 2026-03-01T13:00:00.000Z, which takes effect at 2026-03-01T13:15:00.000Z",
        });
        each.clock.advance({ seconds: 1 });
        expect(await each.inspectToken(token)).toMatchObject({ valid: false, problem, revokedAt });
      }
    },
  );
});
