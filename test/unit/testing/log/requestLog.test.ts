import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../../../src/index.js";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { RequestLog } from "../../../../src/testing/log/requestLog.js";
import type { Call } from "../../../../src/testing/wire/call.js";
import { ask } from "../../../helpers/testing/ask.js";

const create = { method: "POST", target: "/identities?api-version=2023-10-01" };

describe("a logged request", () => {
  it("names only the user that the answer names", async () => {
    const service = createFakeIdentityService();
    const client = new CommunicationIdentityClient(service.connectionString, {
      httpClient: service.httpClient,
      retryOptions: { maxRetries: 0 },
    });
    const user = await client.createUser();
    const { user: other } = await client.createUserAndToken(["voip"]);
    await client.getToken(user, ["voip"]);
    service.failNext({ status: 500 });
    await expect(client.createUser()).rejects.toMatchObject({ statusCode: 500 });
    expect(service.requests.map(({ userId }) => userId)).toEqual([
      user.communicationUserId,
      other.communicationUserId,
      undefined,
      undefined,
    ]);
  });
});

describe("requests of the service", () => {
  const received = { ...create, headers: new Map(), body: new Uint8Array() };
  const call = { remarks: [], startedAt: 0, received } as unknown as Call;

  it("that were cleared don't count as dropped", async () => {
    const log = new RequestLog(1);
    await log.add(0, call, undefined);
    log.clear();
    expect(log.dropped).toBe(0);
  });

  it("that had to make room aren't kept in memory", async () => {
    const log = new RequestLog(1);
    const logged: WeakRef<object>[] = [];
    log.onRequest = (request) => logged.push(new WeakRef(request));
    for (let count = 0; count < 10; count++) await log.add(0, call, undefined);
    await setImmediate();
    setFlagsFromString("--expose-gc");
    runInNewContext("gc")();
    expect(logged.filter((each) => each.deref()).length).toBeLessThan(3);
  });

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
