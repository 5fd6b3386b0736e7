import { describe, expect, it } from "vitest";
import { makeToken, makeUser } from "../../../helpers/testing/ask.js";
import { useEmulator } from "./useEmulator.js";

const bench = useEmulator();
const { admin } = bench;

describe("the admin API of users", () => {
  it("lists users newest first, in pages, also those that a search finds", async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.unshift(await makeUser(bench.emulator.service));
    for (const search of ["", "&search=8:ACS:"]) {
      const first = await admin("GET", `/users?limit=2${search}`);
      const second = await admin("GET", `/users?limit=3&before=${first.json.users[1].number}${search}`);
      expect([first, second].map(({ json }) => [json.total, json.matching])).toEqual([
        [5, 5],
        [5, 5],
      ]);
      expect([...first.json.users, ...second.json.users].map(({ id }) => id)).toEqual(ids);
    }
  });

  it("creates a user with a given id only once, and deletes it", async () => {
    const id = "8:acs:00ac5000-1de4-4717-8000-0000000000f5_fixed";
    expect(await admin("POST", "/users", { id, customId: "alice" })).toMatchObject({
      status: 201,
      json: { id, customId: "alice" },
    });
    expect((await admin("POST", "/users", { id })).status).toBe(409);
    expect((await admin("POST", "/users", { customId: "alice" })).status).toBe(409);
    expect((await admin("POST", "/users", { id: "8:acs:other_x" })).status).toBe(400);
    expect(await makeToken(bench.emulator.service, id)).toBeTruthy();
    expect((await admin("DELETE", `/users/${encodeURIComponent(id)}`)).status).toBe(204);
    expect((await admin("GET", `/users/${encodeURIComponent(id)}`)).status).toBe(404);
  });

  it("creates a user with a token, which is valid, and issues another", async () => {
    const { json: user } = await admin("POST", "/users", {
      customId: "alice",
      scopes: ["voip", "chat", "voip"],
      expiresInMinutes: 60,
    });
    const first = {
      number: expect.any(Number),
      userId: user.id,
      scopes: ["voip", "chat"],
      issuedAt: expect.any(String),
      expiresOn: expect.any(String),
      token: expect.any(String),
    };
    expect(user).toMatchObject({ customId: "alice", accessToken: first });
    const { issuedAt } = user.accessToken;
    const shown = await admin("GET", `/users/${encodeURIComponent(user.id)}`);
    expect(shown.json).toMatchObject({
      id: user.id,
      createdAt: expect.stringContaining(issuedAt.slice(0, 13)),
      lastTokenIssuedAt: expect.stringContaining(issuedAt.slice(0, 13)),
    });
    const tokens = `/users/${encodeURIComponent(user.id)}/tokens`;
    expect(await admin("POST", tokens, { scopes: ["chat"] })).toMatchObject({
      status: 201,
      json: { ...first, scopes: ["chat"], number: user.accessToken.number + 1 },
    });
    const { token, ...listed } = user.accessToken;
    expect((await admin("GET", tokens)).json.tokens[1]).toEqual(listed);
    expect(await bench.emulator.service.inspectToken(token)).toMatchObject({
      valid: true,
      expiresOn: new Date(listed.expiresOn),
      userId: user.id,
    });
    expect((await admin("DELETE", tokens)).status).toBe(204);
    expect(await bench.emulator.service.inspectToken(token)).toMatchObject({
      valid: false,
      problem: "revoked",
    });
    const revoked = (await admin("GET", tokens)).json.tokens;
    expect(revoked).toEqual(
      [0, 1].map(() => expect.objectContaining({ revokedAt: expect.stringMatching(/Z$/) })),
    );
  });

  it("refuses a token with the service's code, topic and diagnosis, and creates no user", async () => {
    const refusals = [
      [{ scopes: ["chat"], expiresInMinutes: 59 }, "expiresinminutes"],
      [{ scopes: ["chat"], expiresInMinutes: 1.5 }, "expiresinminutes"],
      [{ scopes: "chat" }, "invalid-scopes"],
      [{ scopes: [] }, "invalid-scopes"],
    ] as const;
    const tokens = `/users/${encodeURIComponent(await makeUser(bench.emulator.service))}/tokens`;
    for (const [body, topic] of refusals) {
      const error = { code: "ValidationError", topic };
      expect(await admin("POST", "/users", body)).toMatchObject({ status: 400, json: { error } });
      expect(await admin("POST", tokens, body)).toMatchObject({ status: 400, json: { error } });
    }
    const unknown = (await admin("POST", tokens, { scopes: ["x"] })).json.error;
    expect(unknown.diagnosis).toMatch(/has the scopes chat,/);
    expect((await admin("POST", tokens, {})).json.error.message).toBe(
      "Scopes: The Scopes field is required.",
    );
    expect((await admin("GET", "/users")).json.total).toBe(1);
    expect((await admin("POST", "/users/8:acs:nobody/tokens", { scopes: ["chat"] })).status).toBe(404);
    expect((await admin("DELETE", "/users/8:acs:nobody/tokens")).status).toBe(404);
  });

  it("finds users by part of an id or a custom id, and lists each user's newest tokens", async () => {
    const custom = (await admin("POST", "/users", { customId: "Alice@contoso" })).json.id;
    const other = await makeUser(bench.emulator.service);
    for (let count = 0; count < 16; count++) await makeToken(bench.emulator.service, custom);
    const found = await admin("GET", "/users?search=alice&tokens=2");
    expect(found.json).toMatchObject({ total: 2, matching: 1, users: [{ id: custom, tokenCount: 16 }] });
    const numbers = found.json.users[0].tokens.map(({ number }: { number: number }) => number);
    expect(numbers).toHaveLength(2);
    expect(numbers[0]).toBe(numbers[1] + 1);
    expect((await admin("GET", "/tokens?limit=1")).json.tokens[0].number).toBe(numbers[0]);
    expect((await admin("GET", `/users?search=${other.slice(-12)}`)).json.users).toMatchObject([
      { id: other },
    ]);
    expect((await admin("GET", "/users?search=8:acs:&limit=1")).json).toMatchObject({
      matching: 2,
      users: [{ id: other }],
    });
    expect((await admin("GET", "/users?search=nobody")).json).toMatchObject({
      total: 2,
      matching: 0,
      users: [],
    });
    expect((await admin("GET", "/users")).json.users[0]).not.toHaveProperty("tokens");
  });
});
