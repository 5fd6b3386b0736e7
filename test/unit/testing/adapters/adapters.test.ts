import { getEventListeners } from "node:events";
import { setTimeout } from "node:timers/promises";
import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it, vi } from "vitest";
import { createFakeIdentityService, type FakeIdentityService } from "../../../../src/testing/index.js";
import { signedHeaders } from "../../../helpers/testing/sign.js";

const target = "/identities?api-version=2023-10-01";

function signedInit(service: FakeIdentityService, body = "") {
  const { host } = new URL(service.endpoint);
  const signed = signedHeaders({ method: "POST", target, body, host, key: service.accessKey });
  return {
    method: "POST",
    headers: { ...signed, "content-type": "application/json" },
    ...(body && { body }),
  };
}

describe("the fake's fetch", () => {
  it("takes a URL, a string or a Request, with or without init, and rejects as the global one does, before it changes anything", async () => {
    const service = createFakeIdentityService();
    vi.stubGlobal("fetch", service.fetch);
    const url = new URL(target, service.endpoint);
    const init = signedInit(service);
    const statuses = [
      (await fetch(url, init)).status,
      (await fetch(url.href, signedInit(service, '{"createTokenWithScopes":["chat"]}'))).status,
      (await fetch(new Request(url, init))).status,
      (await fetch(new Request(url), init)).status,
      (await fetch(url)).status,
    ];
    expect(statuses).toEqual([201, 201, 201, 201, 405]);
    await expect(fetch("not a URL")).rejects.toThrow(TypeError);
    await expect(fetch(url, { ...init, signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
    await setTimeout(10);
    expect([service.users.length, service.requests.length]).toEqual([4, 5]);
  });

  it("answers a fault of status 304 without a body", async () => {
    const service = createFakeIdentityService();
    service.failNext({ status: 304 });
    const response = await service.fetch(new URL(target, service.endpoint), signedInit(service));
    expect([response.status, response.body]).toEqual([304, null]);
    expect(service.requests[0]).not.toHaveProperty("topic");
  });

  it("rejects with the error of a body that can't be read", async () => {
    const service = createFakeIdentityService();
    const broken = new Error("broken");
    const body = new ReadableStream({ start: (controller) => controller.error(broken) });
    const url = new URL(target, service.endpoint);
    await expect(service.fetch(url, { method: "POST", body, duplex: "half" } as RequestInit)).rejects.toBe(
      broken,
    );
    expect(service.requests).toEqual([]);
  });
});

/** A body without an end, and how much of it was read. */
function endlessBody() {
  const read = { bytes: 0, isCancelled: false };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      read.bytes += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    },
    cancel() {
      read.isCancelled = true;
    },
  });
  return { body, read };
}

describe("an endless body", () => {
  it.each(["fetch", "httpClient"])("is refused with 413 after its limit, through %s", async (adapter) => {
    const service = createFakeIdentityService();
    const { body, read } = endlessBody();
    const url = new URL(target, service.endpoint).href;
    const headers = { "content-length": "1000000000" };
    const init = { method: "POST", body, headers, duplex: "half" } as RequestInit;
    const request = createPipelineRequest({
      url,
      method: "POST",
      body: () => body,
      headers: createHttpHeaders(headers),
    });
    const { status } =
      adapter === "fetch" ? await service.fetch(url, init) : await service.httpClient.sendRequest(request);
    expect([status, read.isCancelled]).toEqual([413, true]);
    expect(service.requests[0]?.body).toBe("<1000000000 bytes>");
    expect(read.bytes).toBeLessThan(1024 * 1024);
  });

  it("is cancelled by the answer to a preflight request, which doesn't need it", async () => {
    const service = createFakeIdentityService();
    const { body, read } = endlessBody();
    const url = new URL("/x/oauth2/v2.0/token", service.endpoint);
    const init = { method: "OPTIONS", headers: { "access-control-request-method": "POST" } };
    const { status } = await service.fetch(url, { ...init, body, duplex: "half" } as RequestInit);
    expect([status, read.isCancelled]).toEqual([204, true]);
    expect(read.bytes).toBeLessThan(256 * 1024);
  });
});

it("the fake's HTTP client leaves neither timer nor listener, and rejects a request whose signal has aborted before", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { httpClient, endpoint: url } = createFakeIdentityService();
  const { signal } = new AbortController();
  await httpClient.sendRequest(createPipelineRequest({ url, timeout: 60_000, abortSignal: signal }));
  expect([vi.getTimerCount(), getEventListeners(signal, "abort")]).toEqual([0, []]);
  const aborted = createPipelineRequest({ url, abortSignal: AbortSignal.abort() });
  await expect(httpClient.sendRequest(aborted)).rejects.toMatchObject({ name: "AbortError" });
});
