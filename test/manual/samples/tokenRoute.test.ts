import { RestError } from "@azure/core-rest-pipeline";
import { CommunicationIdentityClient } from "acs-identity";
import { createFakeIdentityService, type FakeIdentityService } from "acs-identity/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { options, personOf } from "../../../samples/tokenOptions.js";
import {
  createTokenIssuer,
  createTokenRoute,
  type TokenIssuer,
  type TokenRouteOptions,
} from "../../../samples/tokenRoute.js";

describe("the token route", () => {
  let service: FakeIdentityService;
  let ids: Map<string, string>;
  let handle: (request: Request) => Promise<Response>;
  let unused: string[];
  let errors: unknown[];

  const keepUserId = async (person: string, created?: string, gone?: string) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (created && [undefined, gone].includes(ids.get(person))) ids.set(person, created);
    return ids.get(person);
  };
  /** Creates a route as another process has it. */
  function createRoute(own: Partial<TokenRouteOptions<Request>> = {}) {
    const { connectionString, httpClient } = service;
    const options = { httpClient, retryOptions: { maxRetries: 0 } };
    return createTokenRoute<Request>({
      createClient: () => new CommunicationIdentityClient(connectionString, options),
      whoIsCalling: async ({ headers }) => headers.get("X-Person") ?? undefined,
      keepUserId,
      onUnusedUser: async (userId) => {
        unused.push(userId);
        throw new Error("it changes nothing");
      },
      onError: (error) => errors.push(error),
      ...own,
    });
  }
  beforeEach(() => {
    service = createFakeIdentityService();
    ids = new Map();
    unused = [];
    errors = [];
    handle = createRoute();
  });

  const requestOf = (person: string, method = "POST") =>
    new Request("https://app.example/token", { method, headers: { "X-Person": person } });

  it("gives a person tokens for one user", async () => {
    const response = await handle(requestOf("alice"));
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    const { token, user } = await response.json();
    expect(await service.inspectToken(token)).toMatchObject({
      valid: true,
      userId: user.communicationUserId,
      scopes: ["voip"],
    });
    expect((await (await handle(requestOf("alice"))).json()).user).toEqual(user);
    expect((await (await handle(requestOf("bob"))).json()).user).not.toEqual(user);
    expect(service.requests.filter(({ operation }) => operation === "createUser")).toHaveLength(2);
  });

  it("gives tokens for as many minutes as its options say, or for a day", async () => {
    const minutesOf = async (own: Partial<TokenRouteOptions<Request>> = {}) => {
      const response = await createRoute(own)(requestOf("alice"));
      const { expiresOn } = await response.json();
      return Math.round((Date.parse(expiresOn) - service.clock.now().getTime()) / 60_000);
    };
    expect(await minutesOf({ tokenExpiresInMinutes: 60 })).toBe(60);
    expect(await minutesOf()).toBe(1440);
  });

  it("gives each person the scopes that a function returns, at once or later", async () => {
    const isHost = async (person: string) => Promise.resolve(person === "alice");
    const ofMany: NonNullable<TokenRouteOptions<Request>["scopes"]>[] = [
      async (person) => ((await isHost(person)) ? ["voip", "chat"] : ["voip.join"]),
      (person) => (person === "alice" ? ["voip", "chat"] : ["voip.join"]),
    ];
    for (const scopes of ofMany) {
      const route = createRoute({ scopes });
      const scopesOf = async (person: string) => {
        const { token } = await (await route(requestOf(person))).json();
        return (await service.inspectToken(token)).scopes;
      };
      expect(await scopesOf("alice")).toEqual(["voip", "chat"]);
      expect(await scopesOf("bob")).toEqual(["voip.join"]);
    }
  });

  it.each<[string, () => unknown, string]>([
    ["throws", () => expect.fail("the database is down"), "the database is down"],
    ["rejects", async () => expect.fail("the database is down"), "the database is down"],
    ["returns nothing", () => undefined, "scopes"],
    ["resolves to none", async () => [], "scopes"],
  ])("answers 500 without a token if the function of the scopes %s", async (_, scopes, reason) => {
    const route = createRoute({ scopes: scopes as () => ["voip"] });
    const failed = await route(requestOf("alice"));
    expect([failed.status, await failed.json()]).toEqual([500, { detail: "The server can't issue tokens." }]);
    expect(errors).toMatchObject([{ message: expect.stringContaining(reason) }]);
  });

  it("asks nobody for the scopes of a caller who isn't signed in", async () => {
    const route = createRoute({ scopes: () => expect.fail("nobody is known") });
    expect((await route(new Request("https://app.example/token", { method: "POST" }))).status).toBe(401);
    expect(errors).toEqual([]);
  });

  it("refuses a caller who isn't signed in, and other methods, without calling the service", async () => {
    const stranger = await handle(new Request("https://app.example/token", { method: "POST" }));
    expect([stranger.status, stranger.headers.get("WWW-Authenticate")]).toEqual([401, "Bearer"]);
    const refused = await handle(requestOf("alice", "GET"));
    expect([refused.status, refused.headers.get("Allow")]).toEqual([405, "POST"]);
    expect(service.requests).toEqual([]);
  });

  it("creates one user for a person who calls many times at once, again and again", async () => {
    const calls = Array.from({ length: 60 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index % 20));
      return (await handle(requestOf("alice"))).status;
    });
    expect(new Set(await Promise.all(calls))).toEqual(new Set([200]));
    expect(service.requests.filter(({ operation }) => operation === "createUser")).toHaveLength(1);
  });

  it("leaves one user if two processes create one at the same time", async () => {
    const answers = await Promise.all([handle(requestOf("alice")), createRoute()(requestOf("alice"))]);
    const users = await Promise.all(
      answers.map(async (answer) => (await answer.json()).user.communicationUserId),
    );
    expect(new Set(users)).toEqual(new Set(ids.values()));
    expect(service.users.map(({ id }) => id)).toEqual([users[0]]);
  });

  it("gives a token although the user of a lost race can't be deleted, and reports that user", async () => {
    service.failNext({ status: 500, operation: "deleteUser" });
    const answers = await Promise.all([handle(requestOf("alice")), createRoute()(requestOf("alice"))]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(service.users.map(({ id }) => id).toSorted()).toEqual([...ids.values(), ...unused].toSorted());
    expect(unused).toHaveLength(1);
  });

  it("deletes the user that the database didn't keep", async () => {
    let calls = 0;
    const { connectionString, httpClient } = service;
    const issue = createTokenIssuer({
      createClient: () => new CommunicationIdentityClient(connectionString, { httpClient }),
      keepUserId: async () => {
        if (++calls === 2) throw new Error("the database is down");
        return undefined;
      },
      onError: (error) => errors.push(error),
    });
    expect((await issue("alice")).status).toBe(500);
    expect(errors).toEqual([new Error("the database is down")]);
    expect(service.users).toEqual([]);
  });

  it("replaces a user that ACS no longer knows, once, whoever asks at the same time", async () => {
    await handle(requestOf("alice"));
    const lost = ids.get("alice");
    service.reset();
    const others = [createRoute(), createRoute()];
    const answers = await Promise.all(
      [handle, handle, ...others].map(async (route) => (await route(requestOf("alice"))).json()),
    );
    expect(new Set(answers.map(({ user }) => user.communicationUserId))).toEqual(new Set(ids.values()));
    expect(ids.get("alice")).not.toBe(lost);
    expect(service.users.map(({ id }) => id)).toEqual([...ids.values()]);
  });

  it("creates its client at the first request", async () => {
    const log = vi.spyOn(console, "error").mockReturnValue();
    const issue = createTokenIssuer({
      createClient: () => new CommunicationIdentityClient(""),
      keepUserId,
    });
    expect((await issue(undefined)).status).toBe(401);
    expect((await issue("alice")).status).toBe(500);
    expect(log).toHaveBeenCalledExactlyOnceWith(expect.any(TypeError));
    log.mockRestore();
  });

  it.each<[string, Parameters<FakeIdentityService["failNext"]>[0], string]>([
    ["a 429", { status: 429, retryAfterInSeconds: 17 }, "17"],
    ["a 429 for longer than five minutes", { status: 429, retryAfterInSeconds: 2_147_483 }, "300"],
    ["a 429 without a delay", { status: 429, retryAfterInSeconds: 0 }, "1"],
    ["a 408", { status: 408 }, "1"],
    ["a 500", { status: 500 }, "1"],
    ["a lost connection", { drop: "before" }, "5"],
  ])("says when to try again after %s", async (_, fault, seconds) => {
    service.failNext(fault);
    const refused = await handle(requestOf("alice"));
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([503, seconds]);
    expect((await handle(requestOf("alice"))).status).toBe(200);
  });

  it.each([
    [{}, 20_000],
    [{ timeoutInMs: 5_000 }, 5_000],
  ])("limits each call of ACS, with the options %o to %d ms", async (own, timeout) => {
    const { connectionString, httpClient } = service;
    const client = new CommunicationIdentityClient(connectionString, { httpClient });
    const calls = [
      vi.spyOn(client, "createUser"),
      vi.spyOn(client, "getToken"),
      vi.spyOn(client, "deleteUser"),
    ];
    const keepOther = async (_: string, created?: string) => created && "8:acs:of-another-process";
    const createClient = () => client;
    const lost = createTokenIssuer({ createClient, keepUserId: keepOther, onError: () => {}, ...own });
    await lost("alice");
    for (const call of calls) {
      expect(call.mock.lastCall?.at(-1)).toMatchObject({ requestOptions: { timeout } });
    }
  });

  it.each<[string, (client: CommunicationIdentityClient) => void]>([
    [
      "a time limit",
      (client) => vi.spyOn(client, "createUser").mockRejectedValue(new DOMException("", "TimeoutError")),
    ],
    [
      "a user that is gone twice",
      (client) =>
        vi
          .spyOn(client, "getToken")
          .mockRejectedValue(Object.assign(new RestError("", { statusCode: 401, code: "IdentityNotOwned" }))),
    ],
  ])("says when to try again after %s", async (_, fail) => {
    const { connectionString, httpClient } = service;
    const client = new CommunicationIdentityClient(connectionString, { httpClient });
    fail(client);
    const { status, headers } = await createTokenIssuer({ createClient: () => client, keepUserId })("alice");
    expect([status, headers["Retry-After"]]).toEqual([503, "5"]);
  });

  it.each([401, 403])(
    "answers 500 to a %d of ACS, keeps the user, and only its owner learns why",
    async (statusCode) => {
      await handle(requestOf("alice"));
      service.failNext({ status: statusCode });
      const failed = await handle(requestOf("alice"));
      expect([failed.status, await failed.json()]).toEqual([
        500,
        { detail: "The server can't issue tokens." },
      ]);
      expect(errors).toMatchObject([{ statusCode }]);
      expect((await handle(requestOf("alice"))).status).toBe(200);
      expect(service.users.map(({ id }) => id)).toEqual([...ids.values()]);
      expect(service.requests.filter(({ operation }) => operation === "createUser")).toHaveLength(1);
    },
  );

  it("answers 500 and leaves no user behind if keepUserId returns nothing", async () => {
    const { connectionString, httpClient } = service;
    const issue = createTokenIssuer({
      createClient: () => new CommunicationIdentityClient(connectionString, { httpClient }),
      keepUserId: async () => undefined,
      onError: (error) => errors.push(error),
    });
    expect((await issue("alice")).status).toBe(500);
    expect(errors).toEqual([new Error("keepUserId must return the id that is stored")]);
    expect(service.users).toEqual([]);
  });

  it.each<[string, Parameters<TokenIssuer>[0] | (() => unknown)]>([
    ["a personOf that throws", () => expect.fail("sessions")],
    ["a personOf that rejects later", async () => Promise.reject(new DOMException("", "TimeoutError"))],
    ["true", () => true],
    ["a session", () => ({ user: "alice" })],
    ["null", () => null],
    ["an empty string", ""],
  ])("answers 500 to %s, stores nothing and doesn't reject, whatever onError does", async (_, person) => {
    for (const fail of [() => expect.fail("onError"), async () => expect.fail("onError")]) {
      const issue = createTokenIssuer({
        createClient: () => expect.fail("nobody is known"),
        keepUserId: () => expect.fail("nobody is known"),
        onError: (error) => {
          errors.push(error);
          return fail();
        },
      });
      expect((await issue(person as () => string)).status).toBe(500);
    }
    expect(errors).toEqual([expect.any(Error), expect.any(Error)]);
    expect(String(errors)).not.toContain("nobody is known");
  });

  it("answers 500 if whoIsCalling throws, at once or later, or a promise of a person rejects", async () => {
    for (const whoIsCalling of [() => expect.fail("sessions"), async () => expect.fail("sessions")]) {
      const createClient = () => expect.fail("nobody is known");
      const onError = (error: unknown) => errors.push(error);
      const route = createTokenRoute<Request>({ createClient, keepUserId, whoIsCalling, onError });
      expect((await route(requestOf("alice"))).status).toBe(500);
    }
    const onError = (error: unknown) => errors.push(error);
    const issue = createTokenIssuer({ createClient: () => expect.fail("unused"), keepUserId, onError });
    expect((await issue(Promise.reject(new Error("sessions")))).status).toBe(500);
    expect(errors.map((error) => (error as Error).message)).toEqual(["sessions", "sessions", "sessions"]);
  });

  it("returns a person's user without a token, shares the look-up with issue, and rejects if there is none", async () => {
    const { connectionString, httpClient } = service;
    const issue = createTokenIssuer({
      createClient: () =>
        new CommunicationIdentityClient(connectionString, { httpClient, retryOptions: { maxRetries: 0 } }),
      keepUserId,
      onUnusedUser: () => expect.fail("onUnusedUser"),
    });
    const [userId, { body }] = await Promise.all([issue.userIdOf("alice"), issue(() => "alice")]);
    expect(body).toMatchObject({ user: { communicationUserId: userId } });
    expect(service.users.map(({ id }) => id)).toEqual([userId]);
    service.failNext({ status: 403 });
    await expect(issue.userIdOf("bob")).rejects.toMatchObject({ statusCode: 403 });
    await expect(issue.userIdOf("")).rejects.toThrow(TypeError);
  });
});

describe("tokenOptions", () => {
  it("keeps the user that was stored first, until it is gone", async () => {
    expect(await options.keepUserId("alice")).toBeUndefined();
    expect(await options.keepUserId("alice", "8:acs:first")).toBe("8:acs:first");
    expect(await options.keepUserId("alice", "8:acs:second")).toBe("8:acs:first");
    expect(await options.keepUserId("alice", "8:acs:third", "8:acs:first")).toBe("8:acs:third");
  });

  it("knows nobody without a session", () => {
    const cookies = ["", "session=", "session=unknown", "other=session=of-alice", null, undefined];
    expect(cookies.map(personOf)).toEqual(cookies.map(() => undefined));
  });
});
