import { describe, expect, it } from "vitest";
import { createFakeIdentityService, type SeededUser, type ServiceSnapshot } from "../../src/testing/index.js";
import type { StateEvent } from "../../src/testing/state/events.js";
import { restoreContent, snapshotContent } from "../helpers/snapshotContent.js";
import { ask, deleteUser, makeToken, makeUser, revokeTokens } from "./ask.js";

const preview = "api-version=2025-03-02-preview";
const assignment = `/access/teamsExtension/tenants/${"1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01"}/assignments/${"2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12"}?${preview}`;

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

  it("keeps tokens that expired only while the clock was ahead", async () => {
    const { service } = await populatedService();
    const before = snapshotContent(service).events;
    service.clock.advance({ days: 2 });
    snapshotContent(service);
    await makeToken(service, await makeUser(service));
    service.clock.reset();
    const tokens = (events: readonly StateEvent[]) => events.filter(({ type }) => type === "tokenIssued");
    expect(tokens(snapshotContent(service).events)).toEqual(expect.arrayContaining(tokens(before)));
  });

  it.each([undefined, "2020-01-01", "2090-01-01"])(
    "keeps tokens that are valid again after the clock is reset: now is %s",
    async (now) => {
      const { service, token } = await populatedService(
        createFakeIdentityService(now === undefined ? {} : { now }),
      );
      service.clock.advance({ days: 2 });
      service.restore(snapshotContent(service));
      service.clock.reset();
      const listed = snapshotContent(service).events.filter(({ type }) => type === "tokenIssued");
      expect(listed.map((event) => "token" in event && event.token)).toEqual([1, 2]);
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
  const userCreated = (user: object) => ({ type: "userCreated", at: 5, ...user });
  it.each([
    ["no content", undefined],
    [
      "a token that expires after 2106",
      withEvents({ type: "tokenIssued", token: 1, user: 1, scopes: "", issuedAt: 1, expiresAt: 2 ** 32 }),
    ],
    ["an invalid time", withEvents({ type: "tokensRevoked", user: 1, upTo: 1, at: 1e300 })],
    ["a clock too far ahead", { ...empty, clock: { offsetInMs: 8e15, skewInMs: 0 } }],
    ["another format version", { ...empty, version: 2 }],
    ["another resource", { ...empty, resourceId: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01" }],
    ["an unknown event", { ...empty, events: [{ type: "constructor" }] }],
    ["an invalid event", { ...empty, events: [{ type: "userCreated", user: "1" }] }],
    [
      "two users with the same id",
      withEvents(userCreated({ user: 1, id: "8:acs:x" }), userCreated({ user: 2, id: "8:acs:x" })),
    ],
    [
      "two users with the same number",
      withEvents(userCreated({ user: 1, id: "8:acs:x" }), userCreated({ user: 1, id: "8:acs:y" })),
    ],
    [
      "two users with the same customId",
      withEvents(
        userCreated({ user: 1, id: "8:acs:x", customId: "c" }),
        userCreated({ user: 2, id: "8:acs:y", customId: "c" }),
      ),
    ],
    ["a number that can't be incremented", withEvents({ type: "userDeleted", user: 2 ** 53 })],
    [
      "a number so high that later ones would run out",
      withEvents({ type: "stateReset", nextUser: 2 ** 53 - 1, nextToken: 1, discardedUpTo: 0 }),
    ],
    ["a user without an id", withEvents(userCreated({ user: 1, id: "" }))],
    ["a user with the id of no user", withEvents(userCreated({ user: 1, id: "__proto__" }))],
    ["an unknown member", withEvents({ type: "userDeleted", user: 1, __proto__x: 1 })],
    ["an invalid clock", { ...empty, clock: { offset: "x" } }],
  ])("with %s is rejected and changes nothing", async (_, snapshot) => {
    const { service } = await populatedService();
    const before = snapshotContent(service);
    expect(() => service.restore(snapshot as ServiceSnapshot)).toThrow(TypeError);
    expect({ ...snapshotContent(service), clock: before.clock }).toEqual(before);
  });
});

describe("reset", () => {
  it("keeps the users in the options, revokes tokens, and clears faults and requests", async () => {
    const prefix = "8:acs:00ac5000-1de4-4717-8000-0000000000f5_";
    const service = createFakeIdentityService({ users: [{ id: `${prefix}fixed`, customId: "alice" }, {}] });
    const token = await makeToken(service, `${prefix}fixed`);
    const other = await makeUser(service);
    const carol = () =>
      ask(service, { method: "POST", target: `/identities?${preview}`, body: { customId: "carol" } });
    const { body } = await carol();
    service.failNext({ status: 500 });
    service.reset();
    expect(service.requests).toEqual([]);
    expect(await service.inspectToken(token)).toMatchObject({ problem: "revoked" });
    expect(await deleteUser(service, other)).toBe(401);
    const users = snapshotContent(service).events.filter(({ type }) => type === "userCreated");
    expect(users).toHaveLength(2);
    expect((await carol()).body.identity.id).not.toBe(body.identity.id);
  });

  it("never reuses an id without a seed", async () => {
    const service = createFakeIdentityService();
    const before = await makeUser(service);
    service.reset();
    expect(await makeUser(service)).not.toBe(before);
  });
});

describe("users in the options", () => {
  it.each([
    { id: "8:acs:other_1" },
    { id: "8:acs:00ac5000-1de4-4717-8000-0000000000f5_" },
    { customId: "" },
    { customId: "x".repeat(257) },
    { customID: "alice" },
    { customId: 5 },
    { id: 5 },
    null,
  ])("can't include %j", (user) => {
    const users = [user] as SeededUser[];
    expect(() => createFakeIdentityService({ users })).toThrow(/^A (user|customId)/);
  });

  it("must be an array without duplicates", () => {
    const id = "8:acs:00ac5000-1de4-4717-8000-0000000000f5_fixed";
    const create = (users: unknown) => () => createFakeIdentityService({ users: users as SeededUser[] });
    expect(create("x")).toThrow("users must be an array");
    expect(create([{ id }, {}, { id, customId: "a" }])).toThrow("Two of the users have the same id");
    expect(create([{ customId: "a" }, {}, { customId: "a" }])).toThrow(
      "Two of the users have the same customId",
    );
  });
});
