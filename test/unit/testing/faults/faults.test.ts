import { CommunicationIdentityClient } from "@azure/communication-identity";
import { createPipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it, vi } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import { CommunicationIdentityClient as OurClient } from "../../../../src/index.js";
import {
  createFakeIdentityService,
  type FakeIdentityService,
  type Fault,
} from "../../../../src/testing/index.js";
import { snapshotContent } from "../../../helpers/snapshotContent.js";
import { ask, makeUser } from "../../../helpers/testing/ask.js";

const create = { method: "POST", target: "/identities?api-version=2023-10-01" };

describe("failNext", () => {
  it.each([
    [429, 7],
    [404, 0],
  ])("sends the requested answer once and changes nothing: %i, Retry-After %i", async (status, seconds) => {
    const service = createFakeIdentityService();
    service.failNext({ status, code: "MyOwn", retryAfterInSeconds: seconds });
    const reply = await ask(service, create);
    expect(reply).toMatchObject({ status, body: { error: { code: "MyOwn" } } });
    expect(reply.headers.get("retry-after")).toBe(String(seconds));
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

  describe("within a response", () => {
    const unreadable = { code: "PARSE_ERROR", statusCode: 201 };
    const unread = { code: "PARSE_ERROR", statusCode: undefined };
    const lost = { code: "ECONNRESET", statusCode: 201 };

    it.each<[Fault, object, object]>([
      [{ truncate: true }, unreadable, unreadable],
      [{ drop: "during" }, unread, lost],
    ])(
      "%j fails alike for clients of the emulator and of the fake, official %j and ours %j",
      async (fault, ...errors) => {
        await using emulator = await startEmulator();
        const fake = createFakeIdentityService();
        const failures = async ({ connectionString, failNext }: FakeIdentityService, options: object) => {
          const found: unknown[] = [];
          for (const Client of [CommunicationIdentityClient, OurClient]) {
            failNext(fault);
            const client = new Client(connectionString, { ...options, retryOptions: { maxRetries: 0 } });
            found.push(await client.createUser().catch(({ code, statusCode }) => ({ code, statusCode })));
          }
          return found;
        };
        expect(await failures(fake, { httpClient: fake.httpClient })).toEqual(errors);
        expect(await failures(emulator.service, { allowInsecureConnection: true })).toEqual(errors);
        expect([fake.users.length, emulator.service.users.length]).toEqual([2, 2]);
      },
    );

    it.each<[Fault, string, RegExp]>([
      [{ truncate: true }, "fetch", /JSON/],
      [{ drop: "during" }, "fetch", /^terminated$/],
    ])("%j fails in the body for %s", async (fault, _, message) => {
      const service = createFakeIdentityService();
      service.failNext(fault);
      await expect(ask(service, create)).rejects.toThrow(message);
      expect(service.requests[0]).toMatchObject({
        status: 201,
        diagnosis: `An injected fault ${fault.drop ? "dropped the connection within" : "truncated"} the response`,
      });
    });

    it("loses or keeps a response without a body, and keeps a refusal", async () => {
      const service = createFakeIdentityService();
      const id = await makeUser(service);
      const revoke = {
        method: "POST",
        target: `/identities/${id}/:revokeAccessTokens?api-version=2023-10-01`,
      };
      service.failNext({ truncate: true });
      expect(await ask(service, revoke)).toMatchObject({ status: 204 });
      service.failNext({ drop: "during" });
      await expect(ask(service, revoke)).rejects.toThrow("fetch failed");
      service.failNext({ drop: "during" });
      expect(await ask(service, { ...create, target: "/identities?api-version=1" })).toMatchObject({
        status: 400,
      });
    });
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

  it("ends a delay when the emulator closes, and leaves no timer that would keep the process running", async () => {
    const { service, close } = await startEmulator();
    const { answer } = await delayed(service, { delayInMs: 3_600_000 }, () => ask(service, create));
    const dropped = expect(answer).rejects.toThrow("fetch failed");
    await close();
    await dropped;
    expect(vi.getTimerCount()).toBe(0);
    expect(service.requests[0]?.diagnosis).toBe("the emulator closed");
  });

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

  it.each([429, 503])("sends a %i without Retry-After if that is null", async (status) => {
    const service = createFakeIdentityService();
    service.failNext({ status, retryAfterInSeconds: null });
    const reply = await ask(service, create);
    expect([reply.status, reply.headers.get("retry-after")]).toEqual([status, null]);
  });

  it.each([{ status: 429 }, { status: 503 }, { drop: "before" }, { drop: "after" }] as const)(
    "is hidden by the retries of Microsoft's client up to three times: %j",
    async (fault) => {
      const { connectionString, httpClient, failNext } = createFakeIdentityService();
      const client = new CommunicationIdentityClient(connectionString, {
        httpClient,
        retryOptions: { retryDelayInMs: 1 },
      });
      failNext({ ...fault, times: 3 });
      expect(await client.createUser()).toHaveProperty("communicationUserId");
      failNext({ ...fault, times: 4 });
      await expect(client.createUser()).rejects.toThrow();
    },
  );

  it.each<Fault>([
    { status: 429, retryAfterInSeconds: 2 ** 31 - 1 },
    { status: 429, retryAfterInSeconds: null },
    { delayInMs: 0 },
    { delayInMs: 3_600_000 },
    // A serializer may write null for what isn't set.
    { drop: "before", retryAfterInSeconds: null },
    { drop: "during" },
    { truncate: true, delayInMs: 5 },
    { truncate: false, status: 503 },
    { status: 503, times: "unlimited" },
    { status: 503, durationInSeconds: 0.5 },
    { status: 503, durationInSeconds: 30, times: 5 },
  ])("accepts the fault %j", (fault) => createFakeIdentityService().failNext(fault));

  it.each([
    {},
    { times: 2 },
    { durationInSeconds: 30 },
    { times: "unlimited" },
    { status: 503, times: "always" },
    { status: 503, times: null },
    { status: 503, durationInSeconds: 0 },
    { status: 503, durationInSeconds: -1 },
    { status: 503, durationInSeconds: "30" },
    { status: 503, durationInSeconds: Number.NaN },
    { status: 503, durationInSeconds: Number.POSITIVE_INFINITY },
    { status: 299 },
    { status: 600 },
    { status: 500.5 },
    { status: 500, times: 0 },
    { drop: "never" },
    { truncate: "body" },
    { truncate: false },
    { truncate: true, status: 503 },
    { truncate: true, drop: "during" },
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
  ])("rejects the fault %j", (fault) => {
    const service = createFakeIdentityService();
    expect(() => service.failNext(fault as Fault)).toThrow(/^A fault/);
  });
});

describe("a fault that lasts", () => {
  const outage: Fault = { status: 503, durationInSeconds: 30 };
  const start = Date.UTC(2030, 0);

  async function statuses(service: FakeIdentityService, count: number): Promise<number[]> {
    const found: number[] = [];
    for (let index = 0; index < count; index++) found.push((await ask(service, create)).status);
    return found;
  }

  it("goes on until it is cleared, if it is unlimited", async () => {
    const service = createFakeIdentityService();
    service.failNext({ status: 503, times: "unlimited" });
    expect(new Set(await statuses(service, 9))).toEqual(new Set([503]));
    service.clock.advance({ days: 1 });
    expect(await statuses(service, 1)).toEqual([503]);
    service.clearFaults();
    expect(await statuses(service, 1)).toEqual([201]);
  });

  it.each([
    ["runs", undefined],
    ["is frozen", start],
  ])("ends when the service's clock, which %s, has advanced as far", async (_, now) => {
    const service = createFakeIdentityService(now === undefined ? {} : { now });
    service.failNext(outage);
    expect(await statuses(service, 5)).toEqual([503, 503, 503, 503, 503]);
    service.clock.advance({ seconds: 29 });
    expect(await statuses(service, 1)).toEqual([503]);
    service.clock.advance({ seconds: 1 });
    expect(await statuses(service, 1)).toEqual([201]);
  });

  it("stays over when the service's clock is set back before anybody has noticed", async () => {
    const service = createFakeIdentityService();
    service.failNext(outage);
    service.clock.advance({ minutes: 1 });
    service.clock.reset();
    expect(await statuses(service, 1)).toEqual([201]);
  });

  it.each([
    ["was frozen", {}, ({ clock }: FakeIdentityService) => clock.freeze()],
    ["was set back", {}, ({ clock }: FakeIdentityService) => clock.advance({ hours: -1 })],
    ["is frozen from the start", { now: start }, () => {}],
  ])("ends by the machine's time if the service's clock %s", async (_, options, move) => {
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    const service = createFakeIdentityService(options);
    service.failNext(outage);
    move(service);
    vi.setSystemTime(start + 29_999);
    expect(await statuses(service, 1)).toEqual([503]);
    vi.setSystemTime(start + 30_000);
    expect(await statuses(service, 1)).toEqual([201]);
  });

  it("ends although the machine's date was set back", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"], now: start });
    const service = createFakeIdentityService();
    service.failNext(outage);
    vi.setSystemTime(start - 3_600_000);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(await statuses(service, 1)).toEqual([503]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await statuses(service, 1)).toEqual([201]);
  });

  it("is survived by a client that retries for longer, under fake timers", async () => {
    vi.useFakeTimers();
    const service = createFakeIdentityService({ now: start });
    const { connectionString, httpClient } = service;
    const client = new OurClient(connectionString, { httpClient, retryOptions: { maxRetries: 10 } });
    service.failNext({ ...outage, retryAfterInSeconds: null });
    const created = client.createUser();
    await vi.advanceTimersByTimeAsync(90_000);
    expect(await created).toHaveProperty("communicationUserId");
    const found = service.requests.map(({ status }) => status);
    // 1, 2, 4, 8 and 16 s, each shortened by up to a half.
    expect(found.length).toBeGreaterThanOrEqual(6);
    expect(found.length).toBeLessThanOrEqual(7);
    expect(found).toEqual([...found.slice(1).map(() => 503), 201]);
  });

  it("ends after as many requests as times says, if that comes first", async () => {
    const service = createFakeIdentityService();
    service.failNext({ ...outage, times: 2 });
    expect(await statuses(service, 3)).toEqual([503, 503, 201]);
    service.failNext({ ...outage, times: 2 });
    service.clock.advance({ seconds: 30 });
    expect(await statuses(service, 1)).toEqual([201]);
  });

  it("gives way to one that counts, whichever came first", async () => {
    const service = createFakeIdentityService();
    service.failNext(outage);
    service.failNext({ status: 500, times: "unlimited" });
    service.failNext({ status: 429 });
    service.failNext({ status: 409, operation: "getToken" });
    service.failNext({ status: 404, times: 2, durationInSeconds: 9 });
    expect(await statuses(service, 5)).toEqual([429, 404, 404, 503, 503]);
    service.clock.advance({ seconds: 30 });
    expect(await statuses(service, 2)).toEqual([500, 500]);
  });

  it("ends at a reset", async () => {
    const service = createFakeIdentityService();
    service.failNext({ status: 503, times: "unlimited" });
    service.failNext(outage);
    service.reset();
    expect(await statuses(service, 1)).toEqual([201]);
  });
});
