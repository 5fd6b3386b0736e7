import { describe, expect, it } from "vitest";
import type { StateEvent } from "../../../../src/testing/state/events.js";
import { ServiceState } from "../../../../src/testing/state/serviceState.js";

const dayInMs = 86_400_000;

function stateOf(...events: readonly StateEvent[]): ServiceState {
  const state = new ServiceState();
  for (const event of events) state.apply(event);
  return state;
}

const created = (user: number, id: string, firstToken?: number): StateEvent => ({
  type: "userCreated",
  user,
  id,
  at: 0,
  ...(firstToken !== undefined && { firstToken }),
});
const revoked = (user: number, upTo: number, at: number): StateEvent => ({
  type: "tokensRevoked",
  user,
  upTo,
  at,
});
const deleted = (user: number, at: number): StateEvent[] => [
  revoked(user, 0, at),
  { type: "userDeleted", user, at },
];
const content = (token: number) => ({ token, scopes: "chat", issuedAt: 5, expiresAt: 10 });
const issued = (token: number, user: number, expiresAt = 10, issuedAt = 5): StateEvent => ({
  ...content(token),
  type: "tokenIssued",
  user,
  issuedAt,
  expiresAt,
});
const regenerated = (keyType: "primary" | "secondary", at: number): StateEvent => ({
  type: "accessKeyRegenerated",
  keyType,
  key: "AA==",
  upTo: 0,
  at,
});
const reset = (nextToken: number, discardedUpTo: number): StateEvent => ({
  type: "stateReset",
  nextUser: 9,
  nextToken,
  discardedUpTo,
});
const numbersOf = (events: Iterable<StateEvent>) =>
  [...events].flatMap((event) => (event.type === "tokenIssued" ? event.token : []));

it("the state is rebuilt from its events, and empty after a reset", () => {
  const tenantId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
  const assignment = { tenantId, principalType: "user", clientIds: [] };
  const events: StateEvent[] = [
    reset(9, 7),
    created(1, "a"),
    ...deleted(1, 5),
    { type: "userCreated", user: 2, id: "b", at: 0, firstToken: 3, customId: "c", lastTokenIssuedAt: 8000 },
    issued(3, 2),
    revoked(2, 1, 6),
    regenerated("primary", 7),
    { type: "assignmentSet", tenantId, objectId: "a", principalType: "user" },
    { type: "assignmentSet", tenantId, objectId: "b", principalType: "user" },
    { type: "entraAssignmentsChanged", set: [{ ...assignment, objectId: "a" }], removed: [] },
    { type: "entraAssignmentsChanged", set: [], removed: ["b"] },
    { type: "entraGroupSet", objectId: tenantId, tenantId, name: "", members: [], isAssignedToClients: true },
    { type: "entraTenantSet", tenantId, servicePrincipals: [] },
    { type: "entraTenantSet", tenantId: "another", servicePrincipals: [] },
    { type: "entraPrincipalDeleted", objectId: "c" },
    { type: "entraPrincipalDeleted", objectId: "d", at: 8 },
  ];
  const state = stateOf(...events);
  expect([...state.events()]).toEqual(events);
  expect([...state.teamsAssignments()].map(({ objectId }) => objectId)).toEqual(["a", "b"]);
  state.apply(reset(9, 8));
  expect([...state.events()]).toEqual([reset(9, 8)]);
  expect([state.userByNumber(2), state.userByCustomId("c")]).toEqual([undefined, undefined]);
});

it("a deleted user is found by neither its id, its number nor its custom id", () => {
  const state = stateOf({ type: "userCreated", user: 1, id: "a", at: 0, customId: "c" }, ...deleted(1, 5));
  const found = [state.user("a"), state.userByNumber(1), state.userByCustomId("c")];
  expect(found).toEqual([undefined, undefined, undefined]);
});

it("deleted users and principals are forgotten a day later", () => {
  const gone = (objectId: string, at: number): StateEvent => ({
    type: "entraPrincipalDeleted",
    objectId,
    at,
  });
  const tenant = (tenantId: string): StateEvent => ({
    type: "entraTenantSet",
    tenantId,
    servicePrincipals: [],
  });
  const state = stateOf(
    ...[reset(1, 0), created(1, "a"), created(2, "b"), created(3, "c"), ...deleted(1, 1), ...deleted(2, 2)],
    ...[gone("a", 1), gone("b", 2), tenant("b")],
  );
  const [user, other] = [state.userWithToken("a", content(1)), state.userWithToken("b", content(1))];
  expect([user?.number, other?.number]).toEqual([1, 2]);
  for (const event of [...deleted(3, dayInMs + 1), gone("c", dayInMs + 1)]) state.apply(event);
  expect(state.userWithToken("a", content(1))).toBeUndefined();
  expect(state.userWithToken("b", content(1))?.number).toBe(2);
  expect([...state.entraChanges.keys(), ...state.deletedPrincipals.keys()]).toEqual(["tenant b", "b", "c"]);
});

it("the state's revision changes with each event, even one about a user that isn't there", () => {
  const state = stateOf(created(1, "a"), issued(1, 2), revoked(2, 1, 5), { type: "userDeleted", user: 2 });
  const { revision } = state;
  state.apply(revoked(1, 1, 5));
  expect(state.revision).not.toBe(revision);
});

it("the state lists all tokens of existing users, but its events omit those that have expired", () => {
  const users = [created(1, "a"), created(2, "b")];
  const tokens = [issued(1, 1, 10), issued(2, 1, 11), issued(3, 2, 11)];
  const state = stateOf(...users, ...tokens, { type: "userDeleted", user: 2 });
  expect(numbersOf(state.tokens())).toEqual([1, 2]);
  expect(numbersOf(state.events(10_999))).toEqual([2]);
});

it("a token belongs to the user who had its id at that time", () => {
  const state = stateOf(
    ...[created(1, "a", 1), ...deleted(1, 5), created(2, "a", 5), ...deleted(2, 6)],
    ...[created(3, "b", 5), created(4, "a", 9)],
  );
  const owners = [1, 4, 5, 8, 9].map((token) => state.userWithToken("a", content(token))?.number);
  expect(owners).toEqual([1, 1, 2, 2, 4]);
});

describe("a token", () => {
  it("that the state doesn't know was revoked if its user was revoked later", () => {
    const state = stateOf(reset(4, 0), created(1, "a"), revoked(1, 3, 5000), regenerated("primary", 1));
    const user = state.userByNumber(1) ?? expect.fail();
    expect(state.revokedAt(user, content(3))).toBe(5000);
    expect(state.revokedAt(user, content(4))).toBe(5000);
    expect(state.revokedAt(user, { ...content(4), issuedAt: 6 })).toBe(undefined);
  });

  it("was discarded if the state has another one with its number", () => {
    const state = stateOf(reset(1, 5), created(1, "a"), created(2, "b"), issued(1, 1));
    const [a, b] = [state.user("a"), state.user("b")];
    expect(state.isDiscarded(content(1), a)).toBe(false);
    expect(state.isDiscarded(content(1), b)).toBe(true);
    for (const other of [{ scopes: "voip" }, { issuedAt: 6 }, { expiresAt: 11 }])
      expect(state.isDiscarded({ ...content(1), ...other }, a)).toBe(true);
  });

  it("that was issued before the latest one doesn't change when its user got the latest", () => {
    const state = stateOf(created(1, "a"), issued(2, 1), issued(1, 1, 10, 4));
    expect(state.user("a")).toMatchObject({ lastTokenIssuedAt: 5000 });
  });
});

describe("after a day,", () => {
  it("a deleted user and a revocation are dropped with the next one", () => {
    const users = [created(1, "a"), created(2, "b"), created(3, "c")];
    const state = stateOf(...users, ...deleted(1, 0), ...deleted(2, dayInMs));
    for (const upTo of [0, 1]) state.apply(revoked(3, upTo, 0));
    state.apply(revoked(3, 2, dayInMs));
    expect([...state.events()].slice(1)).toEqual([
      ...[created(2, "b"), ...deleted(2, dayInMs), created(3, "c"), revoked(3, 2, dayInMs)],
    ]);
  });

  it.each([
    [
      [0, 0],
      ["primary 0", "secondary 0", "primary 1"],
    ],
    [
      [0, 0.5],
      ["secondary 0", "primary 0.5", "primary 1"],
    ],
  ])("keys are dropped, but not the last two of a type: %j", ([first = 0, second = 0], expected) => {
    const state = stateOf(
      regenerated("primary", first * dayInMs),
      regenerated("secondary", 0),
      ...(second > 0 ? [regenerated("primary", second * dayInMs)] : []),
      regenerated("primary", dayInMs),
    );
    const keys = [...state.events()].flatMap((event) =>
      event.type === "accessKeyRegenerated" ? `${event.keyType} ${event.at / dayInMs}` : [],
    );
    expect(keys).toEqual(expected);
  });
});
