import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { CommunicationIdentityClient } from "acs-identity";
import { createFakeIdentityService, type FakeIdentityService } from "acs-identity/testing";
import {
  createTokenEndpoint,
  type TokenEndpoint,
  type TokenEndpointError,
  type TokenEndpointOptions,
  type UserIdStore,
} from "acs-identity/token-endpoint";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { slowUnitTimeLimit } from "../../helpers/timeLimit.js";

/** The fake lets a user be deleted twice. */
const notOwned = Object.assign(new Error("not owned"), {
  name: "RestError",
  statusCode: 401,
  code: "IdentityNotOwned",
});

let service: FakeIdentityService;
let ids: Map<string, string>;
let failures: TokenEndpointError[];
let tokens: TokenEndpoint;

/** Responds like a database on a network: each statement takes a while, and takes effect in one step. */
const store: UserIdStore = {
  async get(person) {
    await sleep(2);
    return ids.get(person);
  },
  async add(person, userId) {
    await sleep(2);
    const kept = ids.get(person) ?? userId;
    ids.set(person, kept);
    return kept;
  },
  async remove(person, userId) {
    await sleep(2);
    if (ids.get(person) === userId) ids.delete(person);
  },
};

function clientOf({ connectionString, httpClient }: FakeIdentityService = service) {
  return new CommunicationIdentityClient(connectionString, { httpClient, retryOptions: { maxRetries: 0 } });
}

/** Creates an endpoint as another process has it. */
function create(options: Partial<TokenEndpointOptions> = {}): TokenEndpoint {
  return createTokenEndpoint({
    client: () => clientOf(),
    userIds: store,
    scopes: ["voip"],
    onFailure: (error) => failures.push(error),
    ...options,
  });
}

function operations(name: string): number {
  return service.requests.filter(({ operation }) => operation === name).length;
}

async function userOf(response: { readonly body: string }): Promise<string> {
  return JSON.parse(response.body).user.communicationUserId;
}

beforeEach(() => {
  service = createFakeIdentityService();
  ids = new Map();
  failures = [];
  tokens = create();
});

describe("respond", () => {
  it("gives a person tokens for one user, in a body that fits every server", async () => {
    const { status, headers, body } = await tokens.respond("anna");
    expect([status, headers]).toEqual([
      200,
      { "Content-Type": "application/json", "Cache-Control": "no-store" },
    ]);
    const { token, expiresOn, expiresInSeconds, user } = JSON.parse(body);
    expect(await service.inspectToken(token)).toMatchObject({
      valid: true,
      userId: user.communicationUserId,
      scopes: ["voip"],
    });
    expect(Date.parse(expiresOn) - Date.now()).toBeGreaterThan(86_390_000);
    expect(expiresInSeconds).toBeGreaterThan(86_390);
    expect(new Response(body, { status, headers }).headers.get("Cache-Control")).toBe("no-store");
    expect(await userOf(await tokens.respond(async () => "anna"))).toBe(user.communicationUserId);
    expect(await userOf(await tokens.respond(Promise.resolve("ben")))).not.toBe(user.communicationUserId);
    expect(operations("createUser")).toBe(2);
  });

  it.each([null, undefined])("answers 401 for %s, and says nothing to anybody", async (nobody) => {
    for (const person of [nobody, () => nobody, async () => nobody]) {
      const { status, headers, body } = await tokens.respond(person);
      expect([status, JSON.parse(body)]).toEqual([401, { status: 401, detail: "Sign in first." }]);
      expect(headers).toMatchObject({
        "Content-Type": "application/problem+json",
        "WWW-Authenticate": "Bearer",
      });
    }
    expect([failures, service.requests]).toEqual([[], []]);
  });

  it.each<[string, unknown, string]>([
    ["a session", { userId: "anna" }, "misconfigured"],
    ["true", true, "misconfigured"],
    ["an empty text", "", "misconfigured"],
    ["a failure of your function", () => expect.fail("the session store is down"), "callbackFailed"],
  ])("answers 500 for %s in the place of a person", async (_, person, kind) => {
    expect((await tokens.respond(person as string)).status).toBe(500);
    expect(failures).toMatchObject([{ kind, step: "person" }]);
    expect(service.requests).toEqual([]);
  });

  it("answers 403 for a person without scopes before it creates a user", async () => {
    const byPerson = create({ scopes: async (person) => (person === "anna" ? ["chat", "voip"] : []) });
    const { token } = JSON.parse((await byPerson.respond("anna")).body);
    expect((await service.inspectToken(token)).scopes).toEqual(["chat", "voip"]);
    const refused = await byPerson.respond("ben");
    expect([refused.status, JSON.parse(refused.body).detail]).toEqual([403, "You may not get a token."]);
    expect([operations("createUser"), failures]).toEqual([1, []]);
  });

  it.each<[string, () => unknown, string]>([
    ["fails", () => expect.fail("the roles are down"), "callbackFailed"],
    ["returns nothing", () => undefined, "misconfigured"],
    ["returns a text", () => "voip", "misconfigured"],
    ["returns an unknown scope", () => ["voip", "video"], "misconfigured"],
  ])("answers 500 if the function of the scopes %s", async (_, scopes, kind) => {
    const { status } = await create({ scopes: scopes as () => ["voip"] }).respond("anna");
    expect([status, failures]).toMatchObject([500, [{ kind, step: "scopes", person: "anna" }]]);
    expect(operations("createUser")).toBe(0);
  });

  it("gives tokens for as many minutes as its option says", async () => {
    const { body } = await create({ tokenExpiresInMinutes: 60 }).respond("anna");
    expect(JSON.parse(body).expiresInSeconds).toBeCloseTo(3600, -2);
  });
});

describe("many requests of one person at once, in two processes", { timeout: slowUnitTimeLimit }, () => {
  const fiftyAtOnce = async (userIds: TokenEndpointOptions["userIds"] = store) => {
    const [one, other] = [create({ userIds }), create({ userIds })];
    const asked = Array.from({ length: 50 }, (_, index) => (index % 2 ? one : other).respond("anna"));
    return Promise.all(asked);
  };

  it("end with one user and one row at the first token", async () => {
    const responses = await fiftyAtOnce();
    expect(responses.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(new Set(await Promise.all(responses.map(userOf)))).toEqual(new Set([ids.get("anna")]));
    expect(operations("createUser") - operations("deleteUser")).toBe(1);
    expect(failures).toEqual([]);
  });

  it.each(["database", "Map"])(
    "end with one user and one row of a %s after a deletion at ACS",
    async (kind) => {
      const before = await tokens.getUserId("anna");
      await clientOf().deleteUser({ communicationUserId: before });
      const responses = await fiftyAtOnce(kind === "Map" ? ids : store);
      expect(responses.map(({ status }) => status)).toEqual(Array(50).fill(200));
      const users = new Set(await Promise.all(responses.map(userOf)));
      expect(users).toEqual(new Set([ids.get("anna")]));
      expect(users.has(before)).toBe(false);
      // Of all that were created, the one before them was deleted, too.
      expect(operations("createUser") - operations("deleteUser")).toBe(1);
    },
  );

  it("wait for no other request, even if one hangs", async () => {
    let isFirst = true;
    const get = (person: string) => {
      if (!isFirst) return store.get(person);
      isFirst = false;
      return new Promise<string>(() => {});
    };
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const endpoint = create({ userIds: { ...store, get }, timeoutInMs: 200 });
    const stuck = endpoint.respond("anna");
    expect((await endpoint.respond("anna")).status).toBe(200);
    await vi.advanceTimersByTimeAsync(200);
    expect((await stuck).status).toBe(503);
  });
});

describe("a store that fails", () => {
  it("gives a 500 that names the step and the person, and not the reason to the caller", async () => {
    const get = async () => expect.fail("connect ECONNREFUSED 10.0.0.5:5432");
    const { status, body } = await create({ userIds: { ...store, get } }).respond("anna");
    expect([status, JSON.parse(body).detail]).toEqual([500, "The server can't issue tokens."]);
    expect(failures).toMatchObject([
      { kind: "callbackFailed", step: "userIds.get", person: "anna", cause: expect.any(Error) },
    ]);
    expect(failures[0]?.message).toBe('userIds.get for "anna" failed: connect ECONNREFUSED 10.0.0.5:5432');
  });

  it("keeps the user if only the answer of the insert is lost", async () => {
    const add = async (person: string, userId: string) => {
      await store.add(person, userId);
      throw new Error("read ECONNRESET");
    };
    const response = await create({ userIds: { ...store, add } }).respond("anna");
    expect([response.status, await userOf(response)]).toEqual([200, ids.get("anna")]);
    expect([operations("deleteUser"), failures]).toEqual([0, []]);
  });

  it("keeps another request's user if the insert fails after that one", async () => {
    const other = "8:acs:00ac5000-0000-4000-8000-000000000001_other";
    const winner = await clientOf().createUser();
    const add = async () => {
      ids.set("anna", winner.communicationUserId);
      throw new Error(`duplicate key ${other}`);
    };
    const response = await create({ userIds: { ...store, add } }).respond("anna");
    expect(await userOf(response)).toBe(winner.communicationUserId);
    expect(operations("deleteUser")).toBe(1);
  });

  it.each<[string, Partial<UserIdStore>]>([
    ["inserts", { add: async () => expect.fail("disk full") }],
    [
      "anything after the first look-up",
      {
        add: async () => expect.fail("gone"),
        get: vi
          .fn<UserIdStore["get"]>()
          .mockResolvedValueOnce(undefined)
          .mockRejectedValue(new Error("gone")),
      },
    ],
  ])("leaves no user at ACS if it refuses %s", async (_, parts) => {
    const { status } = await create({ userIds: { ...store, ...parts } }).respond("anna");
    expect([status, operations("createUser"), operations("deleteUser")]).toEqual([500, 1, 1]);
    expect(failures).toMatchObject([{ step: "userIds.add", kind: "callbackFailed" }]);
  });

  it.each([undefined, null, ""])(
    "is told that add must return the stored id if it returns %j",
    async (nothing) => {
      const add = async () => nothing as string;
      const { status } = await create({ userIds: { ...store, add } }).respond("anna");
      expect([status, operations("deleteUser")]).toEqual([500, 1]);
      expect(failures[0]?.message).toBe(
        'userIds.add for "anna" must return the id that is stored afterwards, but returned nothing.',
      );
    },
  );

  it("gets a new user for a stored id whose user is gone, and heals by itself if removing failed once, which leaves no user at ACS", async () => {
    const gone = await tokens.getUserId("anna");
    await clientOf().deleteUser({ communicationUserId: gone });
    const remove = async () => expect.fail("locked");
    const first = await create({ userIds: { ...store, remove } }).respond("anna");
    expect([first.status, ids.get("anna"), service.users]).toEqual([500, gone, []]);
    const second = await tokens.respond("anna");
    expect([second.status, await userOf(second)]).toEqual([200, ids.get("anna")]);
    expect(ids.get("anna")).not.toBe(gone);
  });
});

describe("another resource's connection string", () => {
  it("changes no stored id, answers 500, and says why with the person and the id", async () => {
    const userId = await tokens.getUserId("anna");
    const elsewhere = createFakeIdentityService({ resourceId: "00ac5000-0000-4000-8000-00000000000e" });
    const { status } = await create({ client: clientOf(elsewhere) }).respond("anna");
    expect([status, ids.get("anna")]).toEqual([500, userId]);
    expect(failures).toMatchObject([{ kind: "misconfigured", person: "anna", userId }]);
    expect(failures[0]?.message).toContain(
      `for "anna" failed: the stored user ${userId} belongs to another resource`,
    );
    expect(elsewhere.requests.map(({ operation }) => operation)).toEqual([
      "getToken",
      "createUser",
      "deleteUser",
    ]);
  });
});

describe("ACS that fails", () => {
  it.each([
    [408, 7, "7"],
    [429, 4000, "300"],
    [500, 7, "7"],
    [503, 0, "1"],
  ])("with %d and Retry-After: %d gives a 503 with Retry-After: %s", async (status, asked, passedOn) => {
    service.failNext({ status, retryAfterInSeconds: asked });
    const { status: answered, headers, body } = await tokens.respond("anna");
    expect([answered, headers["Retry-After"], JSON.parse(body).detail]).toEqual([
      503,
      passedOn,
      "Try again later.",
    ]);
    expect(failures).toMatchObject([
      { kind: "unavailable", step: "createUser", person: "anna", requestId: expect.any(String) },
    ]);
  });

  it("with no answer at all gives a 503 after 5 seconds, and the log has the reason", async () => {
    service.failNext({ drop: "before" });
    const { status, headers } = await tokens.respond("anna");
    expect([status, headers["Retry-After"]]).toEqual([503, "5"]);
    expect(failures[0]?.message).toContain('createUser for "anna" failed: ');
  });

  it.each([400, 401, 403, 404])("with %d gives a 500", async (status) => {
    service.failNext({ status });
    expect((await tokens.respond("anna")).status).toBe(500);
    expect(failures).toMatchObject([{ kind: "misconfigured", step: "createUser" }]);
  });

  it("gives a 503 if the new user is gone, too", async () => {
    await clientOf().deleteUser({ communicationUserId: await tokens.getUserId("anna") });
    const client = clientOf();
    vi.spyOn(client, "createUser").mockImplementation(async () => {
      const user = await clientOf().createUser();
      await clientOf().deleteUser(user);
      return user;
    });
    expect((await create({ client }).respond("anna")).status).toBe(503);
  });

  it("is asked by one client, which is created at the first request", async () => {
    const client = vi.fn(() => clientOf());
    const endpoint = create({ client });
    expect(client).not.toHaveBeenCalled();
    for (const person of ["anna", "ben"]) expect((await endpoint.respond(person)).status).toBe(200);
    expect(client).toHaveBeenCalledTimes(1);
  });

  it("gives a 500 that says so if the client can't be made", async () => {
    const client = () => new CommunicationIdentityClient("");
    expect((await create({ client }).respond("anna")).status).toBe(500);
    expect(failures).toMatchObject([{ kind: "misconfigured", step: "createUser" }]);
  });
});

describe("the time limit of an answer", () => {
  it("leaves neither a timer, which would keep a process running, nor a listener on the caller's signal", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { signal: abortSignal } = new AbortController();
    expect((await tokens.respond("anna", { abortSignal })).status).toBe(200);
    expect([vi.getTimerCount(), getEventListeners(abortSignal, "abort")]).toEqual([0, []]);
  });

  it("bounds the whole answer, store included, and names the step that took it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const get = () => new Promise<undefined>((resolve) => void setTimeout(resolve, 40));
    const add = vi.fn(() => new Promise<string>(() => {}));
    const answer = create({ userIds: { ...store, get, add }, timeoutInMs: 50 }).respond("anna");
    await vi.advanceTimersByTimeAsync(40);
    while (add.mock.calls.length === 0) await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(20);
    expect((await answer).status).toBe(503);
    expect(failures[0]?.message).toBe('userIds.add for "anna" failed: no response within the time limit');
  });

  it("aborts the request to ACS that takes too long", async () => {
    const client = clientOf();
    const getToken = vi.spyOn(client, "getToken").mockImplementation(() => new Promise(() => {}));
    const userIds = { ...store, get: () => "8:acs:stored" };
    expect((await create({ client, userIds, timeoutInMs: 50 }).respond("anna")).status).toBe(503);
    expect(getToken.mock.lastCall?.[2]?.abortSignal?.aborted).toBe(true);
  });

  it("leaves no user behind that ACS creates after the limit", async () => {
    service.failNext({ delayInMs: 80, operation: "createUser" });
    expect((await create({ timeoutInMs: 20 }).respond("anna")).status).toBe(503);
    await expect.poll(() => operations("deleteUser")).toBe(1);
    expect([service.users, ids.size]).toEqual([[], 0]);
  });

  it("isn't waited for once the caller's signal aborts, which is no failure", async () => {
    const userIds = { ...store, get: () => new Promise<string>(() => {}) };
    const endpoint = create({ userIds });
    const gone = AbortSignal.abort(new Error("left"));
    expect((await endpoint.respond("anna", { abortSignal: gone })).status).toBe(503);
    await expect(endpoint.getToken("anna", { abortSignal: AbortSignal.timeout(10) })).rejects.toThrow(
      /timeout/i,
    );
    expect(failures).toEqual([]);
  });

  it("bounds the deletion of a user that lost by 5 seconds of its own, and reports the user", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const client = clientOf();
    const deletion = vi.spyOn(client, "deleteUser").mockImplementation(() => new Promise(() => {}));
    const add = async () => "8:acs:00ac5000-0000-4000-8000-000000000001_winner";
    const endpoint = create({
      client,
      userIds: { get: () => undefined, add, remove: () => {} },
      timeoutInMs: 60_000,
    });
    const asked = endpoint.getUserId("anna");
    while (deletion.mock.calls.length === 0) await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await asked).toContain("winner");
    expect(failures).toMatchObject([
      { kind: "orphanedUser", person: "anna", userId: expect.stringMatching(/^8:acs:/) },
    ]);
  });
});

describe("what is said on the console by default", () => {
  it("names each user that is left over, and the same failure of many callers once a minute, but another one at once", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const write = vi.spyOn(console, "error").mockReturnValue();
    const endpoint = createTokenEndpoint({
      client: clientOf(),
      userIds: { ...store, add: async () => expect.fail("down") },
      scopes: ["voip"],
    });
    service.failNext({ status: 500, operation: "deleteUser", times: "unlimited" });
    for (let index = 0; index < 20; index++) await endpoint.respond(`person ${index}`);
    const lines = write.mock.calls.map(([line]) => String(line));
    const leftOver = lines.filter((line) => line.includes("Nobody uses the user 8:acs:"));
    expect(new Set(leftOver).size).toBe(20);
    const answered = lines.filter((line) => line.includes("answered 500: userIds.add"));
    expect(answered).toEqual([
      'acs-identity/token-endpoint answered 500: userIds.add for "person 0" failed: down',
    ]);
    await endpoint.respond(() => expect.fail("no session"));
    expect(write.mock.calls.map(([line]) => String(line)).at(-1)).toContain("person failed: no session");
    vi.setSystemTime(Date.now() + 60_000);
    await endpoint.respond("somebody");
    expect(write.mock.calls.map(([line]) => String(line)).at(-1)).toContain('"somebody"');
  });

  it("says once that a Map isn't for production", async () => {
    vi.stubEnv("NODE_ENV", "production");
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    for (const person of ["anna", "ben"]) await create({ userIds: new Map() }).respond(person);
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining("userIds is a Map, so each process has its own users")],
    ]);
  });

  it("prints a failure of onFailure, which it awaits", async () => {
    const write = vi.spyOn(console, "error").mockReturnValue();
    service.failNext({ status: 500 });
    const onFailure = async () => {
      await sleep(5);
      throw new Error("the log is full");
    };
    expect((await create({ onFailure }).respond("anna")).status).toBe(503);
    expect(write.mock.calls.flat().join(" ")).toContain("the log is full");
  });

  it("has an onFailure that hasn't ended in 5 seconds, which an answer doesn't wait for any longer", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const write = vi.spyOn(console, "error").mockReturnValue();
    const answer = create({ onFailure: () => new Promise(() => {}) }).respond("");
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await answer).status).toBe(500);
    expect(write).toHaveBeenCalledTimes(1);
  });

  it("doesn't contain the access key", async () => {
    const write = vi.spyOn(console, "error").mockReturnValue();
    service.failNext({ status: 401 });
    await create({ onFailure: undefined }).respond("anna");
    expect(JSON.stringify(write.mock.calls)).not.toContain(service.accessKey);
  });
});

describe("without a response", () => {
  it("getToken and getUserId return a valid token and the user's id, or reject with the step that failed", async () => {
    const { user, token } = await tokens.getToken("anna");
    expect(await tokens.getUserId("anna")).toBe(user.communicationUserId);
    expect(await service.inspectToken(token)).toMatchObject({ valid: true });
    service.failNext({ status: 500, operation: "getToken" });
    await expect(tokens.getToken("anna")).rejects.toMatchObject({
      kind: "unavailable",
      step: "getToken",
      person: "anna",
    });
    await expect(tokens.getToken(undefined as unknown as string)).rejects.toMatchObject({
      kind: "misconfigured",
      step: "person",
    });
    expect(failures).toEqual([]);
  });

  it("deleteUser deletes the user at ACS and the stored id, can be called again if that fails, and sends ACS nothing without an id", async () => {
    await tokens.deleteUser("anna");
    expect(service.requests).toEqual([]);
    const { token } = await tokens.getToken("anna");
    await expect(
      create({ userIds: { ...store, remove: async () => expect.fail("locked") } }).deleteUser("anna"),
    ).rejects.toMatchObject({ step: "userIds.remove" });
    await tokens.deleteUser("anna");
    expect(ids.size).toBe(0);
    expect((await service.inspectToken(token)).valid).toBe(false);
  });
});

describe("deleteUser with an id that ACS doesn't know", () => {
  it("removes the id if somebody deleted the user, and leaves none at ACS", async () => {
    const userId = await tokens.getUserId("anna");
    const client = clientOf();
    await client.deleteUser({ communicationUserId: userId });
    vi.spyOn(client, "deleteUser").mockRejectedValueOnce(notOwned);
    await create({ client }).deleteUser("anna");
    expect([ids.size, service.users.length]).toEqual([0, 0]);
  });

  it("keeps the id if the user is another resource's, and says so", async () => {
    const userId = await tokens.getUserId("anna");
    const elsewhere = createFakeIdentityService({ resourceId: "00ac5000-0000-4000-8000-00000000000e" });
    const client = clientOf(elsewhere);
    vi.spyOn(client, "deleteUser").mockRejectedValueOnce(notOwned);
    await expect(create({ client }).deleteUser("anna")).rejects.toMatchObject({
      kind: "misconfigured",
      step: "deleteUser",
      message: expect.stringMatching(/^deleteUser for "anna" failed: the stored user .+ another resource/),
    });
    expect([ids.get("anna"), elsewhere.users.length]).toEqual([userId, 0]);
  });
});

describe("createTokenEndpoint", () => {
  const right = { client: () => clientOf(), userIds: new Map(), scopes: ["voip"] };
  it.each<[object, string]>([
    [{ ...right, client: undefined }, "client must be a CommunicationIdentityClient"],
    [
      { ...right, userIds: { get() {}, add() {} } },
      "userIds must be an object with the methods get, add and remove",
    ],
    [{ ...right, scopes: [] }, "scopes must be a function, or an array with some of chat, voip"],
    [{ ...right, scopes: ["video"] }, "scopes must be"],
    [{ ...right, tokenExpiresInMinutes: 59 }, "tokenExpiresInMinutes must be a whole number from 60 to 1440"],
    [{ ...right, timeoutInMs: 0 }, "timeoutInMs must be"],
    [{ ...right, onFailure: "log" }, "onFailure must be a function"],
    [{ ...right, tokenExpiresInMinute: 60 }, "Unknown option tokenExpiresInMinute"],
  ])("refuses %j at once", (options, message) => {
    expect(() => createTokenEndpoint(options as TokenEndpointOptions)).toThrow(TypeError);
    expect(() => createTokenEndpoint(options as TokenEndpointOptions)).toThrow(message);
  });
});
