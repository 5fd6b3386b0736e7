import type { OperationOptions } from "@azure/core-client";
import { createHttpHeaders, createPipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { AzureLogger } from "@azure/logger";
import { describe, expect, it, vi } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../../src/index.js";
import { logger } from "../../../src/logger.js";
import { reportFailure } from "../../../src/operation/reportFailure.js";
import { recordLog } from "../../helpers/log.js";
import { stubTransport } from "../../helpers/stubTransport.js";
import { testEndpoint } from "../../helpers/values.js";

const request = createPipelineRequest({ url: "https://a.example", requestId: "id-1" });

function responseWith(headers: Record<string, string> = {}) {
  return { request, status: 429, headers: createHttpHeaders(headers) };
}

/** Reports the failure of a call that was sent a number of times. */
function report(error: unknown, attempts = 1, options: OperationOptions = {}): void {
  reportFailure(
    "getToken",
    error,
    request,
    Array.from({ length: attempts }, () => request),
    options,
  );
}

describe("the line in the log for a failed call", () => {
  const end = "attempts 2, request id id-1 (see TROUBLESHOOTING.md in the package acs-identity)";
  const longest = "a".repeat(64);

  function lineOf(error: unknown, level: "info" | "warning" = "warning"): unknown {
    const log = vi.spyOn(logger, level);
    const other = vi.spyOn(logger, level === "info" ? "warning" : "info");
    report(error, 2);
    expect(log).toHaveBeenCalledTimes(1);
    expect(other).not.toHaveBeenCalled();
    return log.mock.calls[0]?.[0];
  }

  it.each<[string, unknown, string]>([
    [
      "name, status and code",
      new RestError("secret", { statusCode: 401, code: "Denied" }),
      "RestError 401 Denied",
    ],
    ["no status", new RestError("secret", { code: "ECONNRESET" }), "RestError ECONNRESET"],
    ["no code", new TypeError("secret"), "TypeError"],
    ["the name of a time limit", { name: "TimeoutError" }, "TimeoutError"],
    ["a code with dots and dashes", { name: "E", code: "a.b-c_1" }, "E a.b-c_1"],
    ["a code of 64 characters", { name: "E", code: longest }, `E ${longest}`],
    ["a longer code, which isn't one", { name: "E", code: `${longest}a` }, "E"],
    ["a text as a code", { name: "E", code: "is secret" }, "E"],
    ["a text that starts as a code", { name: "E", code: "secret!" }, "E"],
    ["a text that ends as a code", { name: "E", code: "!secret" }, "E"],
    ["nothing", undefined, ""],
    ["null", null, ""],
  ])("has %s", (_, error, what) => expect(lineOf(error)).toBe(`getToken failed: ${what}, ${end}`));

  it("is no warning if the caller aborted the call", () => {
    const error = new DOMException("x", "AbortError");
    expect(lineOf(error, "info")).toContain("getToken failed: AbortError");
  });
});

describe("an error of a call", () => {
  it("has the request id, the attempts and, if the service says so, how long to wait", () => {
    const error = new RestError("x", { response: responseWith({ "Retry-After": "2" }) });
    report(error, 3);
    expect(error).toMatchObject({ requestId: "id-1", attempts: 3, retryAfterInMs: 2000, details: {} });
    const soon = new RestError("x", { response: responseWith({ "x-ms-retry-after-ms": "250" }) });
    report(soon, 1);
    expect(soon).toMatchObject({ retryAfterInMs: 250 });
    const other = new RestError("x", { response: responseWith() });
    report(other, 3);
    expect(other).not.toHaveProperty("retryAfterInMs");
    const lost = new RestError("x");
    report(lost, 3);
    expect(lost).not.toHaveProperty("retryAfterInMs");
    expect(lost.details).toBeUndefined();
  });

  it("that a policy throws is left alone, but for details if it has a response", () => {
    const error = Object.assign(new Error("x"), { response: responseWith({ "Retry-After": "2" }) });
    report(error);
    expect(Object.keys(error)).toEqual(["response", "details"]);
    for (const thrown of [undefined, null, "x"]) report(thrown);
  });

  it("of another library that has a request and a response stays as it is", async () => {
    const thrown = Object.assign(new Error("connect ECONNREFUSED"), {
      request: {},
      response: { status: 500 },
    });
    const getToken = () => Promise.reject(thrown);
    const client = new CommunicationIdentityClient(
      testEndpoint,
      { getToken },
      { httpClient: stubTransport() },
    );
    const onResponse = vi.fn();
    expect(await client.createUser({ onResponse }).catch((error) => error)).toBe(thrown);
    expect(Object.keys(thrown)).toEqual(["request", "response"]);
    expect(onResponse).not.toHaveBeenCalled();
  });

  it("that has another copy of the request leaves no credential in it", () => {
    const failed = createPipelineRequest({ url: "https://a.example" });
    failed.headers.set("Authorization", "Bearer secret");
    report(new RestError("x", { request: failed }));
    expect(failed.headers.has("Authorization")).toBe(false);
  });

  it("of a request that is still open counts it, and leaves no credential in it", async () => {
    const lines = recordLog("warning");
    const httpClient = stubTransport(() => new Promise(() => undefined));
    const credential = new AzureKeyCredential("pw==");
    const client = new CommunicationIdentityClient(testEndpoint, credential, { httpClient });
    await client.createUser({ requestOptions: { timeout: 5 } }).catch(() => undefined);
    expect(lines.join()).toContain("createUser failed: TimeoutError RESPONSE_TIMEOUT, attempts 1");
    expect(httpClient.sent.map(({ request: sent }) => sent.headers.has("Authorization"))).toEqual([false]);
  });

  it("that is frozen comes through as it is", () => {
    const error = Object.freeze(new RestError("x", { response: responseWith() }));
    report(error);
    expect(error).not.toHaveProperty("requestId");
  });
});

it("a logger and a callback that throw don't replace the failure", () => {
  recordLog("warning");
  AzureLogger.log = vi.fn(() => {
    throw new Error("from the logger");
  });
  const onResponse = vi.fn(() => {
    throw new Error("from the callback");
  });
  const error = new RestError("x", { response: responseWith() });
  expect(() => report(error, 1, { onResponse })).not.toThrow();
  expect(onResponse).toHaveBeenCalledTimes(1);
  expect(AzureLogger.log).toHaveBeenCalledTimes(1);
});
