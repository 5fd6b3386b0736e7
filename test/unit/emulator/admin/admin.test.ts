import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Emulator, startEmulator } from "../../../../src/emulator/index.js";
import { packageVersion } from "../../../../src/shared/version.js";
import { restoreContent, snapshotContent } from "../../../helpers/snapshotContent.js";
import { makeToken, makeUser } from "../../testing/ask.js";
import { type HttpReply, send } from "../http.js";

const guidForm = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});
beforeEach(() => emulator.service.reset());
afterAll(() => emulator.close());

function admin(method: string, path: string, body?: unknown): Promise<HttpReply> {
  return send(emulator.url, method, `/_emulator${path}`, body === undefined ? {} : { body });
}

describe("the admin API", () => {
  it("says how to connect, how it is set, and how much it has", async () => {
    const other = await startEmulator({ revocationDelayInSeconds: 90, strictness: "loose", users: [{}, {}] });
    onTestFinished(() => other.close());
    other.service.failNext({ status: 503, times: 2 });
    other.service.failNext({ status: 500 });
    const { connectionString, secondaryConnectionString, service, url } = other;
    const { json } = await send(url, "GET", "/_emulator/info");
    const { authorityHost, tenantId, clientId, clientSecret } = service.entra;
    const date = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(json).toEqual({
      ...{ endpoint: `${url}/`, connectionString, secondaryConnectionString },
      ...{ resourceId: "00ac5000-1de4-4717-8000-0000000000f5", version: packageVersion },
      entra: { authorityHost, tenantId, clientId, clientSecret },
      ...{ strictness: "loose", users: 2, revocationDelayInMs: 90_000, faults: 2 },
      ...{ startId: expect.stringMatching(guidForm), revision: expect.any(Number) },
      ...{ time: date, frozen: false, skewInMs: 0, wallTime: date },
    });
    expect((await admin("GET", "/info")).json.startId).not.toBe(json.startId);
  });

  it("lists users newest first, in pages, also those that a search finds", async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.unshift(await makeUser(emulator.service));
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

  it("lists 100 users, tokens and requests by default, and 1000 at most", async () => {
    const { service } = emulator;
    const user = (number: number) =>
      ({ type: "userCreated", user: number, id: `8:acs:${number}`, at: 5 }) as const;
    const issuedAt = Math.floor(Date.now() / 1000);
    const token = (number: number) =>
      ({
        type: "tokenIssued",
        token: number,
        user: 1,
        scopes: "chat",
        issuedAt,
        expiresAt: issuedAt + 3600,
      }) as const;
    const numbers = Array.from({ length: 1001 }, (_, index) => index + 1);
    const events = [...numbers.map(user), ...numbers.map(token)];
    restoreContent(service, { ...snapshotContent(service), events });
    for (let count = 0; count < 101; count++) await service.fetch(`${emulator.url}/x`);
    for (const [path, list] of [
      ["/users", "users"],
      ["/tokens", "tokens"],
      ["/users/8:acs:1/tokens", "tokens"],
      ["/requests", "requests"],
    ] as const) {
      const lengthOf = async (query: string) => (await admin("GET", path + query)).json[list].length;
      const lengths = [await lengthOf(""), await lengthOf("?limit=1"), await lengthOf("?limit=1000")];
      expect([path, ...lengths]).toEqual([path, 100, 1, list === "requests" ? 101 : 1000]);
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
    expect(await makeToken(emulator.service, id)).toBeTruthy();
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
    expect(await emulator.service.inspectToken(token)).toMatchObject({
      valid: true,
      expiresOn: new Date(listed.expiresOn),
      userId: user.id,
    });
    expect((await admin("DELETE", tokens)).status).toBe(204);
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: false, problem: "revoked" });
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
    const tokens = `/users/${encodeURIComponent(await makeUser(emulator.service))}/tokens`;
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

  it("sets a Teams extension assignment, replaces it, and deletes it once", async () => {
    const [tenantId, objectId, clientId] = ["1", "2", "3"].map(
      (digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`,
    );
    const set = (members: object) =>
      admin("POST", "/teamsExtension/assignments", { tenantId, objectId, ...members });
    const listed = async () => (await admin("GET", "/entra")).json.teamsAssignments;
    expect((await set({ principalType: "user" })).status).toBe(204);
    expect((await set({ principalType: "user", clientIds: [clientId] })).status).toBe(204);
    expect(await listed()).toEqual([{ tenantId, objectId, principalType: "user", clientIds: [clientId] }]);
    expect((await set({ principalType: "x" })).status).toBe(400);
    const path = `/teamsExtension/assignments/${tenantId}/${objectId}`;
    expect((await admin("DELETE", path)).status).toBe(204);
    expect(await listed()).toEqual([]);
    expect((await admin("DELETE", path)).status).toBe(404);
  });

  it("finds users by part of an id or a custom id, and lists each user's newest tokens", async () => {
    const custom = (await admin("POST", "/users", { customId: "Alice@contoso" })).json.id;
    const other = await makeUser(emulator.service);
    for (let count = 0; count < 16; count++) await makeToken(emulator.service, custom);
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

  it("lists and returns an issued token unchanged, also once it was revoked or has expired, and inspects any", async () => {
    const user = await makeUser(emulator.service);
    const token = await makeToken(emulator.service, user);
    const { number } = (await admin("GET", "/tokens?limit=1")).json.tokens[0];
    expect((await admin("GET", `/tokens/${number}`)).json).toEqual({ token });
    expect((await admin("POST", "/tokens:inspect", { token })).json).toMatchObject({ valid: true });
    expect((await admin("POST", "/tokens:inspect", {})).status).toBe(400);
    await admin("DELETE", `/users/${user}/tokens`);
    await makeToken(emulator.service, user);
    emulator.service.clock.advance({ hours: 25 });
    expect((await admin("GET", `/tokens/${number}`)).json).toEqual({ token });
    expect((await admin("GET", "/tokens/x")).status).toBe(404);
    const tokens = [{ number: number + 1 }, { number, revokedAt: expect.any(String) }];
    expect((await admin("GET", "/tokens")).json).toMatchObject({ tokens });
    expect((await admin("GET", `/users/${user}/tokens`)).json).toMatchObject({ tokens });
    expect((await admin("GET", "/users?tokens=5")).json.users).toMatchObject([{ tokenCount: 2, tokens }]);
  });

  it("changes its revision if and only if something has changed", async () => {
    const revision = async () => (await admin("GET", "/info")).json.revision;
    const seen = [await revision()];
    expect(await revision()).toBe(seen[0]);
    await makeUser(emulator.service);
    seen.push(await revision());
    await send(emulator.url, "GET", "/unknown");
    seen.push(await revision());
    await admin("DELETE", "/requests");
    seen.push(await revision());
    await admin("POST", "/reset");
    seen.push(await revision());
    expect(new Set(seen).size).toBe(5);
  });

  it("numbers requests in order of arrival, and includes the message of an error", async () => {
    await send(emulator.url, "GET", "/one");
    const first = (await admin("GET", "/requests")).json.requests[0];
    await send(emulator.url, "GET", "/two");
    const { requests } = (await admin("GET", "/requests")).json;
    expect(requests.map(({ target }: { target: string }) => target)).toEqual(["/two", "/one"]);
    expect(requests[1]).toEqual(first);
    expect(requests[0]).toMatchObject({
      number: first.number + 1,
      message: "The requested resource was not found.",
    });
    expect((await admin("GET", `/requests/${first.number}`)).json).toEqual(first);
    const { headers, body: _1, responseHeaders: _2, responseBody, ...line } = first;
    expect(responseBody.error.code).toBe("NotFound");
    const brief = (await admin("GET", "/requests?brief&limit=2")).json.requests;
    expect(brief[1]).toEqual({ ...line, userAgent: headers["user-agent"] });
    await admin("DELETE", "/requests");
    expect(await admin("GET", `/requests/${first.number}`)).toMatchObject({ status: 404 });
    await makeUser(emulator.service);
    expect((await admin("GET", "/requests?limit=5")).json.requests).toMatchObject([
      { number: first.number + 2, method: "POST", operation: "createUser", status: 201 },
    ]);
  });

  it.each([
    ["Primary", "accessKey", "connectionString"],
    ["primary", "accessKey", "connectionString"],
    ["Secondary", "secondaryAccessKey", "secondaryConnectionString"],
    ["SECONDARY", "secondaryAccessKey", "secondaryConnectionString"],
  ] as const)("regenerates the key %s, and says how to connect with it", async (keyType, key, name) => {
    const { service } = emulator;
    const before = [service.accessKey, service.secondaryAccessKey];
    const { json } = await admin("POST", "/keys/regenerate", { keyType });
    expect(json).toEqual({ key: service[key], connectionString: emulator[name] });
    const changed = before.map((each) => ![service.accessKey, service.secondaryAccessKey].includes(each));
    expect(changed).toEqual([key === "accessKey", key !== "accessKey"]);
    expect((await admin("GET", "/info")).json).toMatchObject({ [name]: json.connectionString });
  });

  it("makes requests fail, and drops connections", async () => {
    expect((await admin("POST", "/faults", { status: 503, times: 2 })).status).toBe(204);
    const [{ number, ...fault }] = (await admin("GET", "/faults")).json.faults;
    expect([number, fault]).toEqual([expect.any(Number), { status: 503, times: 2 }]);
    await expect(makeUser(emulator.service)).rejects.toThrow();
    expect((await admin("GET", "/faults")).json.faults).toEqual([{ number, status: 503, times: 1 }]);
    expect((await admin("DELETE", "/faults")).status).toBe(204);
    expect(await makeUser(emulator.service)).toBeTruthy();
    await admin("POST", "/faults", { drop: "before", operation: "createUser" });
    await expect(send(emulator.url, "POST", "/identities")).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("says what is left of faults that last, and stops one of them or all", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const faults = async () => (await admin("GET", "/faults")).json.faults;
    const outage = { status: 503, retryAfterInSeconds: null };
    await admin("POST", "/faults", { ...outage, durationInSeconds: 30 });
    await admin("POST", "/faults", { status: 429, operation: "getToken", times: "unlimited" });
    await admin("POST", "/clock", { advance: { seconds: 12.3456 } });
    const [first, second] = await faults();
    expect([first, second]).toEqual([
      { number: second.number - 1, ...outage, times: "unlimited", durationInSeconds: 17.655 },
      { number: expect.any(Number), status: 429, operation: "getToken", times: "unlimited" },
    ]);
    const reply = await send(emulator.url, "POST", "/identities");
    expect([reply.status, reply.headers["retry-after"]]).toEqual([503, undefined]);

    const { revision } = (await admin("GET", "/info")).json;
    expect((await admin("DELETE", `/faults/${first.number}`)).status).toBe(204);
    expect(await faults()).toEqual([second]);
    expect((await admin("GET", "/info")).json).toMatchObject({ faults: 1, revision: revision + 1 });
    for (const number of [first.number, "x"]) {
      expect(await admin("DELETE", `/faults/${number}`)).toMatchObject({
        status: 404,
        json: { error: { code: "Refused" } },
      });
    }
    await admin("POST", "/faults", { ...outage, durationInSeconds: 30 });
    await admin("POST", "/clock", { advance: { seconds: 30 } });
    expect(await faults()).toEqual([second]);
    await admin("DELETE", "/faults");
    expect(await faults()).toEqual([]);
  });

  it("doesn't end a fault by a move of the clock that it refuses", async () => {
    await admin("POST", "/faults", { status: 503, durationInSeconds: 30 });
    expect((await admin("POST", "/clock", { advance: { hours: 1 }, skew: { days: 1e9 } })).status).toBe(400);
    expect((await admin("GET", "/faults")).json.faults).toHaveLength(1);
  });

  it("moves the clock, and freezes it at exactly the given time", async () => {
    const start = Date.now();
    let ticks = 0;
    const now = vi.spyOn(Date, "now").mockImplementation(() => start + ticks++);
    onTestFinished(() => now.mockRestore());
    await admin("POST", "/clock", { set: "2030-01-01T00:00:00Z", freeze: true });
    const { json } = await admin("POST", "/clock", { advance: { hours: 23 }, skew: { minutes: -5 } });
    expect(json).toEqual({
      time: "2030-01-01T23:00:00.000Z",
      frozen: true,
      skewInMs: -300_000,
      wallTime: expect.any(String),
    });
    // The machine's, which dates are compared with, and the skew.
    expect(Math.abs(Date.parse(json.wallTime) - start + 300_000)).toBeLessThan(1000);
    expect((await admin("POST", "/clock", { freeze: false })).json).toMatchObject({ frozen: false });
    expect((await admin("GET", "/clock")).json.time).not.toBe(json.time);
    expect((await admin("POST", "/clock", { reset: true })).json).toMatchObject({
      frozen: false,
      skewInMs: 0,
    });
  });

  it.each([
    { advance: 5 },
    { advance: { hour: 1 } },
    { advance: { hours: "1" } },
    { freeze: "yes" },
    { reset: 1 },
    { froze: true },
    { freeze: true, set: "bad" },
    { reset: true, advance: { hours: 1 }, skew: 5 },
  ])("rejects the clock change %j as a whole", async (move) => {
    await admin("POST", "/clock", { set: "2030-01-01T00:00:00Z", skew: { minutes: 1 } });
    expect((await admin("POST", "/clock", move)).status).toBe(400);
    const { time, frozen, skewInMs } = (await admin("GET", "/clock")).json;
    expect({ year: time.slice(0, 10), frozen, skewInMs }).toEqual({
      year: "2030-01-01",
      frozen: false,
      skewInMs: 60_000,
    });
  });

  it("creates Entra tokens", async () => {
    const clientId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
    const { json, status } = await admin("POST", "/teamsUserTokens", {
      clientId,
      userObjectId: clientId,
      expiresInMinutes: 5,
    });
    expect(status).toBe(201);
    const claims = JSON.parse(Buffer.from(json.token.split(".")[1], "base64url").toString());
    expect(claims).toMatchObject({ appid: clientId, oid: clientId });
    expect((await admin("POST", "/teamsUserTokens", { clientId })).status).toBe(400);
    const bearer = await admin("POST", "/entraTokens", {});
    const headers = { authorization: `Bearer ${bearer.json.token}`, host: new URL(emulator.url).host };
    expect((await send(emulator.url, "POST", "/identities?api-version=2023-10-01", { headers })).status).toBe(
      201,
    );
  });

  it.each([
    [
      "as a string",
      "https://communication.azure.com/clients/Chat https://communication.azure.com/clients/VoIP",
    ],
    [
      "in another case",
      "HTTPS://communication.azure.com/Clients/CHAT https://communication.azure.com/clients/voip",
    ],
    [
      "as a list",
      ["https://communication.azure.com/clients/Chat", "https://communication.azure.com/clients/VoIP"],
    ],
  ])("creates an Entra token for several scopes, given %s", async (_, scope) => {
    const { json } = await admin("POST", "/entraTokens", { scope });
    const claims = JSON.parse(Buffer.from(json.token.split(".")[1], "base64url").toString());
    expect(claims).toMatchObject({ aud: "https://communication.azure.com/clients", scp: "Chat VoIP" });
  });

  it("sets groups, tenants and Entra assignments, and deletes what it set", async () => {
    const id = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
    const assignment = { objectId: id, tenantId: id, principalType: "group", clientIds: [id] };
    expect((await admin("POST", "/entra/assignments", assignment)).status).toBe(204);
    const group = await admin("POST", "/entra/groups", { objectId: id, members: [id] });
    expect(group.json).toMatchObject({ name: id, isAssignedToClients: false });
    expect((await admin("POST", "/entra/tenants", { tenantId: id, servicePrincipals: [] })).status).toBe(200);
    expect((await admin("GET", "/entra")).json).toMatchObject({
      groups: [{ objectId: id, members: [id] }],
      tenants: [{ tenantId: id, servicePrincipals: [] }],
      entraAssignments: expect.arrayContaining([assignment]),
    });
    const kept = await admin("DELETE", `/entra/assignments/${id}`);
    expect([kept.status, (await admin("DELETE", `/entra/assignments/${id}`)).status]).toEqual([204, 404]);
    const principal = await admin("DELETE", `/entra/principals/${id}`);
    expect([principal.status, (await admin("DELETE", `/entra/principals/${id}`)).status]).toEqual([204, 404]);
    expect((await admin("GET", "/entra")).json.groups).toEqual([]);
    expect((await admin("POST", "/entra/assignments", { objectId: id })).status).toBe(400);
  });

  it.each([[[]], [[5]], [5], [{}]])("rejects the scope %j for an Entra token", async (scope) => {
    expect((await admin("POST", "/entraTokens", { scope })).status).toBe(400);
  });

  it.each([
    ["GET", "/nothing", undefined, 404, "NotFound"],
    ["GET", "/users/%zz", undefined, 404, "NotFound"],
    ["GET", "/users/8:acs:nobody", undefined, 404, "Refused"],
    ["GET", "/users/8:acs:nobody/tokens", undefined, 404, "Refused"],
    ["DELETE", "/users/8:acs:nobody", undefined, 404, "Refused"],
    ["PATCH", "/users", undefined, 405, "MethodNotAllowed"],
    ["POST", "/users", "{", 400, "ValidationError"],
    ["POST", "/users", [], 400, "ValidationError"],
    ["POST", "/users", { customId: null }, 201, undefined],
    ["POST", "/faults", { status: 1 }, 400, "Refused"],
    ["POST", "/keys/regenerate", {}, 400, "Refused"],
    ["POST", "/keys/regenerate", { keyType: "other" }, 400, "Refused"],
    ...["limit", "tokens"].flatMap((name) => [
      ...["0", "1001", "1e2", "0x10", "", "-1", "1&limit=0"].map(
        (value) => ["GET", `/users?${name}=${value}`, undefined, 400, "Refused"] as const,
      ),
    ]),
    ...["x", "", "-1", "1.5", "0"].map(
      (before) => ["GET", `/users?before=${before}`, undefined, 400, "Refused"] as const,
    ),
    ["GET", "/users?before=1&limit=1&tokens=1000", undefined, 200, undefined],
  ] as const)("answers %s %s with the body %j by %i %s", async (method, path, body, status, code) => {
    expect(await admin(method, path, body)).toMatchObject({
      status,
      ...(code && { json: { error: { code } } }),
    });
  });
});
