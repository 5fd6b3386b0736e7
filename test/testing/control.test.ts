import { CommunicationIdentityClient } from "@azure/communication-identity";
import { createPipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { routes } from "../../src/generated/routes.js";
import {
  createFakeIdentityService,
  type Duration,
  type FakeIdentityService,
  type Fault,
} from "../../src/testing/index.js";
import { createServiceCore } from "../../src/testing/serviceCore.js";
import { snapshotContent } from "../helpers/snapshotContent.js";
import { ask, makeToken, makeUser } from "./ask.js";

const create = { method: "POST", target: "/identities?api-version=2023-10-01" };

describe("failNext", () => {
  it("sends the requested answer once and changes nothing", async () => {
    const service = createFakeIdentityService();
    service.failNext({ status: 429, code: "TooMany", retryAfterInSeconds: 7 });
    const reply = await ask(service, create);
    expect(reply).toMatchObject({ status: 429, body: { error: { code: "TooMany" } } });
    expect(reply.headers.get("retry-after")).toBe("7");
    expect(service.requests.at(-1)?.diagnosis).toBe("An injected fault sent this response");
    expect((await ask(service, create)).status).toBe(201);
    expect(snapshotContent(service).events.filter(({ type }) => type === "userCreated")).toHaveLength(1);
  });

  it.each([
    [300, "Fault", null],
    [401, "Denied", null],
    [403, "Forbidden", null],
    [404, "NotFound", null],
    [408, "Fault", "0"],
    [409, "Conflict", null],
    [429, "TooManyRequests", "0"],
    [500, "InternalServerError", "0"],
    [503, "ServiceUnavailable", "0"],
    [599, "Fault", "0"],
  ])("sends %i with the code %j and the Retry-After %j by default", async (status, code, retryAfter) => {
    const service = createFakeIdentityService();
    service.failNext({ status });
    const { headers, body, topic } = await ask(service, create);
    expect(body).toEqual({ error: { code, message: "This fault was injected." } });
    expect(headers.get("retry-after")).toBe(retryAfter);
    expect(topic).toBe("the-fake-and-msw");
  });

  it("sends a 304, which has no body, through fetch", async () => {
    const service = createFakeIdentityService();
    service.failNext({ status: 304 });
    expect(await ask(service, create)).toMatchObject({ status: 304, body: undefined });
    expect(service.requests[0]).not.toHaveProperty("topic");
  });

  it("affects only its operation, as many times as requested", async () => {
    const service = createFakeIdentityService();
    service.failNext({ status: 503, operation: "getToken", times: 2 });
    const id = await makeUser(service);
    const target = `/identities/${encodeURIComponent(id)}/:issueAccessToken?api-version=2023-10-01`;
    const request = { method: "POST", target, body: { scopes: ["chat"] } };
    const issue = async () => (await ask(service, request)).status;
    expect([await issue(), await issue(), await issue()]).toEqual([503, 503, 200]);
  });

  it.each([
    ["createUser", [503, 201]],
    ["createUserAndToken", [201, 503]],
  ] as const)(
    "distinguishes %s from the other method that creates a user, by the body",
    async (operation, statuses) => {
      const service = createFakeIdentityService();
      service.failNext({ status: 503, operation });
      const statusOf = async (body: object) => (await ask(service, { ...create, body })).status;
      const answers = [
        await statusOf({ createTokenWithScopes: null }),
        await statusOf({ createTokenWithScopes: ["chat"] }),
      ];
      expect(answers).toEqual(statuses);
      expect(service.requests.map((request) => request.operation)).toEqual([
        "createUser",
        "createUserAndToken",
      ]);
    },
  );

  it("queues faults in the order of its calls", async () => {
    const service = createFakeIdentityService();
    for (const status of [500, 503]) service.failNext({ status });
    expect([(await ask(service, create)).status, (await ask(service, create)).status]).toEqual([500, 503]);
  });

  it.each([
    ["before", 0],
    ["after", 1],
  ] as const)("drops the connection %s the operation: %d users", async (drop, users) => {
    const service = createFakeIdentityService();
    service.failNext({ drop });
    await expect(ask(service, create)).rejects.toThrow(TypeError);
    expect(snapshotContent(service).events.filter(({ type }) => type === "userCreated")).toHaveLength(users);
    const diagnosis = "An injected fault dropped the connection";
    expect({ status: 0, ...service.requests.at(-1) }).toMatchObject({ status: 0, diagnosis });
  });

  it("drops a pipeline's request with an error code that clients retry", async () => {
    const service = createFakeIdentityService();
    const { connectionString, httpClient } = service;
    const client = new CommunicationIdentityClient(connectionString, {
      httpClient,
      retryOptions: { maxRetries: 0 },
    });
    service.failNext({ drop: "before" });
    await expect(client.createUser()).rejects.toMatchObject({ name: "RestError", code: "ECONNRESET" });
  });

  /** Starts a request that a fault delays, and waits until it does. */
  async function delayed<T>(service: FakeIdentityService, fault: Fault, send: () => Promise<T>) {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    onTestFinished(() => void vi.useRealTimers());
    service.failNext(fault);
    let isAnswered = false;
    const answer = send().finally(() => {
      isAnswered = true;
    });
    while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
    return { answer, isAnswered: () => isAnswered };
  }

  it.each([
    [{}, 201],
    [{ status: 503 }, 503],
  ])("delays an answer, with %j one of %i", async (fault, status) => {
    const service = createFakeIdentityService();
    const send = () => ask(service, create);
    const { answer, isAnswered } = await delayed(service, { delayInMs: 60, ...fault }, send);
    await vi.advanceTimersByTimeAsync(59);
    expect(isAnswered()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect((await answer).status).toBe(status);
    expect(service.requests[0]).toMatchObject({ status, durationInMs: 60 });
  });

  it.each([
    [
      "fetch",
      "enough",
      ({ fetch }: FakeIdentityService, url: string, signal: AbortSignal) =>
        fetch(url, { method: "POST", signal }),
    ],
    [
      "httpClient",
      "The request to https://fake-resource.communication.azure.test was aborted",
      ({ httpClient }: FakeIdentityService, url: string, abortSignal: AbortSignal) =>
        httpClient.sendRequest(createPipelineRequest({ url, method: "POST", abortSignal })),
    ],
  ])(
    "ends a delay whose caller has given up (%s) with %j, and carries nothing out",
    async (_, message, send) => {
      const service = createFakeIdentityService({ strictness: "loose" });
      const controller = new AbortController();
      const { href } = new URL(create.target, service.endpoint);
      const { answer } = await delayed<unknown>(service, { delayInMs: 3_600_000 }, () =>
        send(service, href, controller.signal),
      );
      controller.abort(new Error("enough"));
      await expect(answer).rejects.toThrow(message);
      // A timer that is left over would keep the process alive for an hour.
      await expect.poll(() => service.requests).toHaveLength(1);
      expect(vi.getTimerCount()).toBe(0);
      expect(service.requests[0]?.diagnosis).toBe("the caller gave up");
    },
  );

  it("delays no longer than a pipeline's request waits", async () => {
    const { endpoint, httpClient, failNext } = createFakeIdentityService();
    failNext({ delayInMs: 3_600_000 });
    const request = createPipelineRequest({
      url: endpoint + create.target.slice(1),
      method: "POST",
      timeout: 1,
    });
    await expect(httpClient.sendRequest(request)).rejects.toMatchObject({ name: "AbortError" });
  });

  it.each([{ status: 429, retryAfterInSeconds: 2 ** 31 - 1 }, { delayInMs: 0 }, { delayInMs: 3_600_000 }])(
    "takes %j",
    (fault) => createFakeIdentityService().failNext(fault),
  );

  it.each([
    {},
    { times: 2 },
    { status: 299 },
    { status: 600 },
    { status: 500.5 },
    { status: 500, times: 0 },
    { drop: "never" },
    { delayInMs: -1 },
    { delayInMs: 3_600_001 },
    { delayInMs: 5, code: "x" },
    { status: 429, retryAfterInSeconds: "1\r\nSet-Cookie: x" },
    { status: 429, retryAfterInSeconds: -1 },
    { status: 500, operation: "createIdentity" },
    { status: 429, retryAfterInSeconds: 1e-7 },
    { status: 429, retryAfterInSeconds: 2 ** 31 },
    { status: 429, times: 1e21 },
    { status: 500, operation: "constructor" },
    { status: 500, time: 2 },
    { status: 500, times: "2" },
    { status: 500, drop: "after" },
    { drop: "before", retryAfterInSeconds: 1 },
    { delayInMs: "5" },
    undefined,
    null,
    "status",
  ])("rejects %j", (fault) => {
    const service = createFakeIdentityService();
    expect(() => service.failNext(fault as Fault)).toThrow(/^A fault/);
  });
});

describe("clock", () => {
  it("rejects correctly dated signatures when it's skewed, and shows its own time in Date", async () => {
    const service = createFakeIdentityService();
    const before = Date.now();
    service.clock.skew({ minutes: 20 });
    const reply = await ask(service, create);
    expect(reply.status).toBe(401);
    const ahead = Date.parse(reply.headers.get("date") ?? "") - before;
    // A Date header has whole seconds.
    expect(ahead).toBeGreaterThan(20 * 60_000 - 1000);
    service.clock.reset();
    expect((await ask(service, create)).status).toBe(201);
  });

  it("runs, freezes, and resumes from there, with its skew", () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const service = createFakeIdentityService();
    const { clock } = service;
    const after = (seconds: number) => {
      vi.setSystemTime(Date.now() + seconds * 1000);
      return clock.now().toISOString();
    };
    clock.skew({ seconds: 5 });
    clock.set("2030-01-01T00:00:00Z");
    expect(after(1)).toBe("2030-01-01T00:00:01.000Z");
    clock.freeze();
    expect(after(1)).toBe("2030-01-01T00:00:01.000Z");
    clock.advance({ days: 1, hours: -1 });
    expect(after(1)).toBe("2030-01-01T23:00:01.000Z");
    clock.resume();
    expect(after(1)).toBe("2030-01-01T23:00:02.000Z");
    expect(snapshotContent(service).clock).toMatchObject({ skewInMs: 5000 });
  });

  it.each([0, Date.UTC(2100, 0)])("can be set to %d", (time) => {
    const { clock } = createFakeIdentityService({ now: 5 });
    clock.set(time);
    expect(clock.now()).toEqual(new Date(time));
  });

  it.each(["soon", "", null, true, undefined, {}, 8.64e15, -1, Date.UTC(2100, 0) + 1])(
    "can't be set to %j",
    (time) => {
      const { clock } = createFakeIdentityService({ now: 5 });
      expect(() => clock.set(time as string)).toThrow(/^The clock's time must be a Date/);
      expect(clock.now()).toEqual(new Date(5));
    },
  );

  it.each([
    { hours: Number.NaN },
    { hours: "2" },
    { hour: 1 },
    { days: 1e9 },
    { hours: null },
    null,
    5,
    undefined,
  ])("can't be advanced or skewed by %j", async (by) => {
    const service = createFakeIdentityService({ now: 5 });
    const { clock } = service;
    const before = snapshotContent(service).clock;
    expect(() => clock.advance(by as Duration)).toThrow(TypeError);
    expect(() => clock.skew(by as Duration)).toThrow(TypeError);
    expect(snapshotContent(service).clock).toEqual(before);
  });
});

describe("requests", () => {
  it("contain what the service received, with every secret cut out", async () => {
    const service = createFakeIdentityService({ now: "2026-03-01T12:00:00Z" });
    const body = { token: "the.secret.token", appId: "x", userId: "y" };
    await ask(service, {
      method: "POST",
      target: "/teamsUser/:exchangeAccessToken?api-version=2023-10-01",
      body,
    });
    await ask(service, {
      ...create,
      headers: { authorization: "Bearer very.secret.thing", cookie: "a=secret" },
    });
    const [first, second] = service.requests;
    const { durationInMs, headers, responseHeaders, ...others } = first ?? expect.fail();
    const message = "Provided access token is not valid.";
    expect(others).toEqual({
      time: new Date("2026-03-01T12:00:00Z"),
      method: "POST",
      target: "/teamsUser/:exchangeAccessToken?api-version=2023-10-01",
      operation: "getTokenForTeamsUser",
      body: { token: "<cut>", appId: "x", userId: "y" },
      responseBody: { error: { code: "InvalidAccessToken", message } },
      status: 401,
      code: "InvalidAccessToken",
      message,
      diagnosis: "token isn't a JWT",
      topic: "invalidaccesstoken",
    });
    expect(responseHeaders).toMatchObject({ "x-ms-emulator-topic": "invalidaccesstoken" });
    expect(headers.authorization).toMatch(/^HMAC-SHA256 SignedHeaders=[\w;-]+&Signature=<cut>$/);
    expect(second?.headers).toMatchObject({ authorization: "Bearer <cut>", cookie: "<cut>" });
    expect(JSON.stringify(service.requests)).not.toMatch(/secret/);
    await ask(service, { ...create, body: { createTokenWithScopes: [] } });
    expect(service.requests.at(-1)).toMatchObject({ errorTarget: "scopes", topic: "invalid-scopes" });
  });

  it.each([
    [0.5, []],
    [2, ["/5", "/6"]],
    [2.5, ["/5", "/6"]],
  ])("contain only the last %d requests, rounded down", async (requestLogSize, targets) => {
    const service = createFakeIdentityService({ requestLogSize });
    for (let count = 0; count < 7; count++) await ask(service, { method: "GET", target: `/${count}` });
    expect(service.requests.map(({ target }) => target)).toEqual(targets);
  });
});

describe("throttle", () => {
  it("allows the scaled limit in each window of 30 s, and sends Retry-After beyond it", async () => {
    const service = createFakeIdentityService({ throttle: 0.0016, now: "2026-03-01T12:00:10.400Z" });
    const statuses = async () => [(await ask(service, create)).status, (await ask(service, create)).status];
    expect(await statuses()).toEqual([201, 201]);
    const refused = await ask(service, create);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("20");
    service.reset();
    expect(await statuses(), "after a reset").toEqual([201, 201]);
    service.clock.advance({ seconds: 19 });
    expect((await ask(service, create)).headers.get("retry-after")).toBe("1");
    service.clock.advance({ seconds: 1 });
    expect(await statuses()).toEqual([201, 201]);
  });

  it("counts creations with and without a token together, and other operations separately", async () => {
    const service = createFakeIdentityService({ throttle: 0.0001, now: "2026-03-01T12:00:00Z" });
    const id = await makeUser(service);
    expect(await makeToken(service, id)).toBeTruthy();
    const refused = await ask(service, { ...create, body: { createTokenWithScopes: ["chat"] } });
    expect([refused.status, refused.diagnosis]).toEqual([
      429,
      "createUserAndToken is limited to 1 requests in 30 s",
    ]);
  });

  it("has the documented limits if it's true, and none by default", () => {
    const { throttle } = createServiceCore({ throttle: true });
    const route = routes.find(({ operation }) => operation === "createUser") ?? expect.fail();
    const count = () => throttle?.count(route, "createUser", 0);
    for (let counted = 0; counted < 1000; counted++) count();
    expect(count).toThrow("Too many requests");
    expect(createServiceCore().throttle).toBeUndefined();
  });
});
