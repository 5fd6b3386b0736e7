import { describe, expect, it } from "vitest";
import { createFakeIdentityService, type ServiceSnapshot } from "../../../../src/testing/index.js";
import { restoreContent, snapshotContent } from "../../../helpers/snapshotContent.js";
import { ask, deleteUser, makeToken, makeUser, revokeTokens } from "../../../helpers/testing/ask.js";

const preview = "api-version=2025-03-02-preview";
const tenantId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
const objectId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
const assignment = `/access/teamsExtension/tenants/${tenantId}/assignments/${objectId}?${preview}`;

async function populatedService(service = createFakeIdentityService()) {
  const { body } = await ask(service, {
    method: "POST",
    target: `/identities?${preview}`,
    body: { customId: "alice" },
  });
  const alice: string = body.identity.id;
  const bob = await makeUser(service);
  const revoked = await makeToken(service, bob);
  await revokeTokens(service, bob);
  const token = await makeToken(service, alice);
  await ask(service, { method: "PUT", target: assignment, body: { principalType: "user" } });
  return { service, alice, bob, token, revoked };
}

describe("snapshot", () => {
  it("brings another service to the same state, even through JSON", async () => {
    const { service, alice, token, revoked } = await populatedService();
    const copy = createFakeIdentityService();
    copy.restore(JSON.parse(JSON.stringify(snapshotContent(service))));
    expect(await copy.inspectToken(token)).toMatchObject({ valid: true, userId: alice });
    expect(await copy.inspectToken(revoked)).toMatchObject({ problem: "revoked" });
    expect((await ask(copy, { method: "GET", target: assignment })).body.principalType).toBe("user");
    const again = await ask(copy, {
      method: "POST",
      target: `/identities?${preview}`,
      body: { customId: "alice" },
    });
    expect(again.body.identity).toMatchObject({ id: alice, lastTokenIssuedAt: expect.any(String) });
    expect(snapshotContent(copy)).toEqual(snapshotContent(service));
  });

  it("includes the clock", () => {
    const service = createFakeIdentityService({ now: "2026-03-01T12:00:00Z" });
    const before = snapshotContent(service);
    service.clock.advance({ hours: 5 });
    service.restore(before);
    expect(service.clock.now()).toEqual(new Date("2026-03-01T12:00:00Z"));
  });

  it("omits expired tokens", async () => {
    const service = createFakeIdentityService();
    const tokens = () => snapshotContent(service).events.filter(({ type }) => type === "tokenIssued").length;
    service.clock.advance({ hours: -26 });
    await populatedService(service);
    expect(tokens()).toBe(2);
    service.clock.reset();
    expect(tokens()).toBe(0);
  });

  it.each([undefined, "2020-01-01", "2090-01-01"])(
    "keeps tokens that are valid again after the clock is reset: now is %s",
    async (now) => {
      const { service, token } = await populatedService(
        createFakeIdentityService(now === undefined ? {} : { now }),
      );
      service.clock.advance({ days: 2 });
      await makeToken(service, await makeUser(service));
      service.restore(snapshotContent(service));
      service.clock.reset();
      const listed = snapshotContent(service).events.filter(({ type }) => type === "tokenIssued");
      expect(listed.map((event) => "token" in event && event.token)).toEqual([1, 2, 3]);
      expect(await service.inspectToken(token)).toMatchObject({ valid: true });
    },
  );

  it("without events empties the service", async () => {
    const { service, alice, token } = await populatedService();
    restoreContent(service, { ...snapshotContent(service), events: [] });
    expect(snapshotContent(service).events.filter(({ type }) => type === "userCreated")).toEqual([]);
    expect(await service.inspectToken(token)).toMatchObject({ problem: "revoked", userId: alice });
    expect(await makeUser(service)).not.toBe(alice);
  });

  const empty = snapshotContent(createFakeIdentityService());
  const withEvents = (...events: object[]) => ({ ...empty, events });
  const created = (user: number, id: string, customId?: string) => ({
    type: "userCreated",
    at: 5,
    user,
    id,
    ...(customId && { customId }),
  });
  const reset = { type: "stateReset", nextUser: 1, nextToken: 1, discardedUpTo: 0 };
  const token = { type: "tokenIssued", token: 1, user: 1, scopes: "", issuedAt: 1, expiresAt: 2 ** 32 };
  const withClock = (clock: object) => ({ ...empty, clock: { offsetInMs: 0, skewInMs: 0, ...clock } });
  it.each([
    ["no content", undefined],
    ["a token that expires after 2106", withEvents(token)],
    ["an invalid time", withEvents({ type: "tokensRevoked", user: 1, upTo: 1, at: 1e300 })],
    ["no clock", { ...empty, clock: null }],
    ["a clock without numbers", withClock({ offsetInMs: "x" })],
    ["a clock too far ahead", withClock({ offsetInMs: 8e15 })],
    ["a skew too far ahead", withClock({ skewInMs: 8e15 })],
    ["a clock that stopped before 1970", withClock({ frozenAt: -1 })],
    ["another format version", { ...empty, version: 2 }],
    ["another resource", { ...empty, resourceId: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01" }],
    ["an unknown event", withEvents({ type: "constructor" })],
    ["an invalid event", withEvents({ type: "userCreated", user: "1" })],
    ["two users with the same id", withEvents(created(1, "8:acs:x"), created(2, "8:acs:x"))],
    ["two users with the same number", withEvents(created(1, "8:acs:x"), created(1, "8:acs:y"))],
    ["two users with the same customId", withEvents(created(1, "8:acs:x", "c"), created(2, "8:acs:y", "c"))],
    ["a number that can't be incremented", withEvents({ type: "userDeleted", user: 2 ** 53 })],
    ["a user's number after which few are left", withEvents({ ...reset, nextUser: 2 ** 53 - 1 })],
    ["a token's number after which few are left", withEvents({ ...reset, nextToken: 2 ** 53 - 1 })],
    ["a user without an id", withEvents(created(1, ""))],
    ["a user with the id of no user", withEvents(created(1, "__proto__"))],
    ["an unknown member", withEvents({ type: "userDeleted", user: 1, __proto__x: 1 })],
  ])("with %s is rejected and changes nothing", async (_, snapshot) => {
    const { service } = await populatedService();
    const before = snapshotContent(service);
    expect(() => service.restore(snapshot as ServiceSnapshot)).toThrow(TypeError);
    expect({ ...snapshotContent(service), clock: before.clock }).toEqual(before);
  });
});

describe("reset", () => {
  it("keeps the users and assignments in the options, revokes tokens, sets the clock back, and clears faults and requests", async () => {
    const resourceId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
    const id = `8:acs:${resourceId}_fixed`;
    const now = new Date("2026-03-01T12:00:00Z");
    const service = createFakeIdentityService({
      now,
      resourceId,
      users: [{ id, customId: "alice" }, {}],
      teamsExtensionAssignments: [{ tenantId, objectId, principalType: "user" }],
    });
    const token = await makeToken(service, id);
    const other = await makeUser(service);
    expect(other).toMatch(new RegExp(`^8:acs:${resourceId}_[\\da-f-]{36}$`));
    const idOf = async (customId: string) => {
      const body = { customId };
      return (await ask(service, { method: "POST", target: `/identities?${preview}`, body })).body.identity
        .id;
    };
    const carol = await idOf("carol");
    await ask(service, { method: "DELETE", target: assignment });
    service.failNext({ status: 500 });
    service.clock.advance({ days: 3 });
    service.reset();
    expect([service.requests, service.clock.now()]).toEqual([[], now]);
    expect(await service.inspectToken(token)).toMatchObject({ problem: "revoked" });
    expect(await deleteUser(service, other)).toBe(401);
    expect(service.users.map(({ createdAt }) => createdAt)).toEqual([now, now]);
    expect(await idOf("alice")).toBe(id);
    expect(await idOf("carol")).not.toBe(carol);
    expect((await ask(service, { method: "GET", target: assignment })).status).toBe(200);
  });
});
