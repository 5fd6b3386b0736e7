import { getEventListeners } from "node:events";
import {
  AbortController as PolyfilledController,
  AbortSignal as PolyfilledSignal,
} from "@azure/abort-controller";
import { createPipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { describe, expect, it, vi } from "vitest";
import { CommunicationIdentityClient, type CommunicationIdentityClientOptions } from "../../../src/index.js";
import { attemptPolicy } from "../../../src/pipeline/attemptPolicy.js";
import { createUndiciHttpClient } from "../../../src/undici/index.js";
import { head, raw, silence, stall, stallGzip, trickle } from "../../faults/servers/replies.js";
import { rejectionOf } from "../../helpers/secrets.js";
import { startServer } from "../../helpers/server.js";
import { stubTransport } from "../../helpers/stubTransport.js";
import { eventually, startFaultServer } from "../../helpers/transport/servers.js";
import { connectionString, testEndpoint, testKey, tokenBody, user, userBody } from "../../helpers/values.js";

const created = { status: 201, body: userBody };

function clientOn(
  origin: string,
  options: CommunicationIdentityClientOptions = {},
): CommunicationIdentityClient {
  return new CommunicationIdentityClient(`endpoint=${origin};accesskey=${testKey}`, options);
}

const body = JSON.stringify(tokenBody);

/** Where a response may stay out, over each transport. */
const places = (
  [
    ["before its headers", silence],
    ["within its headers", raw("HTTP/1.1 200 OK\r\nContent-Le")],
    ["before its first chunk", raw(head(200, { "Transfer-Encoding": "chunked" }))],
    ["within its body", stall(body, 10)],
    ["within a gzip body", stallGzip(body)],
    ["within a body that comes byte by byte", trickle(body, 50)],
  ] as const
).flatMap(([place, reply]) => [
  [place, "node:http", reply, {}] as const,
  [place, "undici", reply, { httpClient: createUndiciHttpClient() }] as const,
]);

describe("abortSignal", () => {
  it.each(places)(
    "that aborts %s ends the call and its connection, over %s",
    async (_, __, reply, options) => {
      const server = await startFaultServer(reply);
      const controller = new AbortController();
      const promise = rejectionOf(() =>
        clientOn(server.url, options).getToken(user, ["chat"], { abortSignal: controller.signal }),
      );
      await eventually(() => server.requests.length === 1, "the request arrives");
      // Until what the server sends has arrived.
      await new Promise((resolve) => setTimeout(resolve, 30));
      const reason = new Error("my reason");
      controller.abort(reason);
      expect(await promise).toMatchObject({ name: "AbortError", cause: reason });
      await eventually(() => server.openSockets === 0, "the connection is closed");
      expect(server.requests).toHaveLength(1);
    },
  );
});

it.each([
  ["succeeded", { status: 204 }],
  ["failed", new RestError("connect ECONNREFUSED")],
])(
  "an attempt that %s leaves no timer, which would keep the process running, and no listener",
  async (_, answer) => {
    vi.useFakeTimers();
    const { signal: abortSignal } = new AbortController();
    const request = createPipelineRequest({ url: testEndpoint, abortSignal });
    await attemptPolicy.sendRequest(request, stubTransport(answer).sendRequest).catch(() => undefined);
    expect([vi.getTimerCount(), getEventListeners(abortSignal, "abort")]).toEqual([0, []]);
  },
);

describe("requestOptions.timeout", () => {
  it.each(places)("ends an attempt %s, and its connection, over %s", async (_, __, reply, options) => {
    const server = await startFaultServer(reply);
    const client = clientOn(server.url, { ...options, retryOptions: { maxRetries: 0 } });
    const call = client.getToken(user, ["chat"], { requestOptions: { timeout: 60 } });
    await expect(call).rejects.toMatchObject({ name: "TimeoutError" });
    await eventually(() => server.openSockets === 0, "the connection is closed");
  });
});

describe("a timeout", () => {
  it("is 100 s by default, for which 0 stands, too", async () => {
    vi.useFakeTimers();
    const httpClient = stubTransport(() => new Promise(() => undefined));
    const failed = vi.fn();
    clientOn(testEndpoint, { httpClient })
      .createUser({ requestOptions: { timeout: 0 } })
      .catch(failed);
    await vi.advanceTimersByTimeAsync(99_999);
    expect(failed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ name: "TimeoutError" }));
  });

  it("limits each attempt, not the whole call", async () => {
    vi.useFakeTimers();
    const httpClient = stubTransport(async () => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      return { status: 500 };
    });
    const call = clientOn(testEndpoint, { httpClient }).createUser({ requestOptions: { timeout: 1000 } });
    const failed = expect(call).rejects.toMatchObject({ statusCode: 500, attempts: 4 });
    await vi.advanceTimersByTimeAsync(60_000);
    await failed;
  });

  it("that a slow credential uses up prevents the request", async () => {
    const httpClient = stubTransport(() => new Promise(() => undefined));
    let give: () => void = () => undefined;
    const given = new Promise<void>((resolve) => {
      give = resolve;
    });
    const getToken = async () => {
      await given;
      return { token: "token", expiresOnTimestamp: Date.now() + 3_600_000 };
    };
    const client = new CommunicationIdentityClient(testEndpoint, { getToken }, { httpClient });
    const shutdown = new AbortController();
    const call = client.deleteUser(user, { abortSignal: shutdown.signal, requestOptions: { timeout: 5 } });
    await expect(call).rejects.toMatchObject({ name: "TimeoutError" });
    give();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(httpClient.sent).toEqual([]);
    expect(getEventListeners(shutdown.signal, "abort")).toEqual([]);
  });
});

it.each([Number.POSITIVE_INFINITY, 2 ** 40])("a timeout of %d isn't over at once", async (timeout) => {
  const httpClient = stubTransport(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { status: 204 };
  });
  const client = new CommunicationIdentityClient(connectionString, { httpClient });
  await client.deleteUser(user, { requestOptions: { timeout } });
});

// Test environments such as happy-dom replace the globals. This polyfill's signals aren't Node's EventTargets.
describe("with a polyfilled AbortController as the global", () => {
  const silent = () => new Promise<never>(() => undefined);

  it.each(["node:http", "undici"])("a call over %s with a signal gets its response", async (name) => {
    vi.stubGlobal("AbortController", PolyfilledController);
    vi.stubGlobal("AbortSignal", PolyfilledSignal);
    const server = await startServer(() => created);
    const options = name === "undici" ? { httpClient: createUndiciHttpClient() } : {};
    const { signal } = new PolyfilledController();
    await clientOn(server.origin, options).createUser({ abortSignal: signal });
    expect(server.requests).toHaveLength(1);
  });

  it("a call ends if its signal aborts", async () => {
    vi.stubGlobal("AbortController", PolyfilledController);
    vi.stubGlobal("AbortSignal", PolyfilledSignal);
    const controller = new PolyfilledController();
    const call = clientOn("https://a.example", { httpClient: { sendRequest: silent } }).createUser({
      abortSignal: controller.signal,
    });
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
  });
});
