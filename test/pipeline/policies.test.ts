import { getEventListeners } from "node:events";
import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { AzureLogger, getLogLevel, setLogLevel } from "@azure/logger";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../src/index.js";
import { logPolicy } from "../../src/pipeline/logPolicy.js";
import { redactUrl, urlRedactionOf } from "../../src/pipeline/redactUrl.js";
import { sameOriginRedirectPolicy } from "../../src/pipeline/redirectPolicy.js";
import { identityRetryPolicy } from "../../src/pipeline/retryStrategy.js";
import { stubTransport } from "../helpers/stubTransport.js";

const url = "https://a.example/identities?api-version=1";

function newRequest(extra: Partial<PipelineRequest> = {}): PipelineRequest {
  return createPipelineRequest({ url, method: "POST", requestId: "the-id", ...extra } as { url: string });
}

function answer(status: number, headers: Record<string, string> = {}): PipelineResponse {
  return { request: newRequest(), status, headers: createHttpHeaders(headers) };
}

const lines: string[] = [];
const [level, log] = [getLogLevel(), AzureLogger.log];
beforeEach(() => {
  lines.length = 0;
  AzureLogger.log = (...words) => void lines.push(words.join(" "));
  setLogLevel("verbose");
});
afterEach(() => {
  AzureLogger.log = log;
  setLogLevel(level);
});

/** Returns our own warnings about retries; core's retry engine logs its steps at the verbose level. */
function ours(): string[] {
  return lines.filter((line) => line.startsWith("azure:communication-identity:warning"));
}

describe("the retry policy", () => {
  async function attempts(status: number, headers: Record<string, string> = {}, limit = 20): Promise<number> {
    let count = 0;
    const policy = identityRetryPolicy({ maxRetries: 2, retryDelayInMs: 1, maxRetryDelayInMs: limit });
    const response = await policy.sendRequest(newRequest(), async () => {
      count++;
      return answer(status, headers);
    });
    expect(response.status).toBe(status);
    return count;
  }

  it.each([
    ...[200, 304, 400, 401, 404, 409, 429, 499, 501, 505].map((status) => [status, 1] as const),
    ...[408, 500, 502, 503, 504, 599].map((status) => [status, 3] as const),
  ])("handles %i in %i attempts", async (status, expected) => {
    expect(await attempts(status)).toBe(expected);
  });

  it.each([
    [429, "1", 3],
    [503, "20", 3],
    [503, "21", 1],
    [429, "21", 1],
    [400, "1", 1],
    [501, "1", 1],
    [200, "1", 1],
  ])("handles %i with a delay of %s ms in %i attempts", async (status, delay, expected) => {
    expect(await attempts(status, { "retry-after-ms": delay })).toBe(expected);
  });

  it("doubles its delay each time up to the limit, and makes half of it random", async () => {
    const delays: unknown[] = [];
    vi.spyOn(Math, "random").mockReturnValueOnce(0).mockReturnValue(1);
    const policy = identityRetryPolicy({ maxRetries: 3, retryDelayInMs: 4, maxRetryDelayInMs: 10 });
    await policy.sendRequest(newRequest(), async () => answer(503));
    for (const line of ours()) delays.push(/ in (\d+) ms/.exec(line)?.[1]);
    expect(delays).toEqual(["2", "8", "10"]);
    vi.restoreAllMocks();
  });

  it("logs each retry with its reason and the request id", async () => {
    const policy = identityRetryPolicy({ maxRetries: 2, retryDelayInMs: 1 });
    const lost = new RestError("lost", { code: "ECONNRESET", request: newRequest() });
    let count = 0;
    await policy.sendRequest(newRequest(), async () => {
      count++;
      if (count === 2) throw lost;
      return answer(count === 1 ? 503 : 200);
    });
    expect(ours()).toEqual([
      expect.stringMatching(/ Retry 1 of 2 in [01] ms after status 503, request id the-id$/),
      expect.stringMatching(/ Retry 2 of 2 in [12] ms after a lost connection, request id the-id$/),
    ]);
  });

  it("doesn't retry after an error other than a lost connection", async () => {
    const next = vi.fn(async () => Promise.reject(new TypeError("mine")));
    await expect(identityRetryPolicy({ retryDelayInMs: 1 }).sendRequest(newRequest(), next)).rejects.toThrow(
      "mine",
    );
    expect(next).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["during the wait", false],
    ["before the wait", true],
  ])("doesn't retry a call that was aborted %s, and leaves no listener", async (_, early) => {
    const controller = new AbortController();
    const next = vi.fn(async () => {
      if (early) controller.abort();
      return answer(503);
    });
    const policy = identityRetryPolicy({ retryDelayInMs: 60_000 });
    const call = policy.sendRequest(newRequest({ abortSignal: controller.signal }), next);
    setTimeout(() => controller.abort(), 10);
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    expect(next).toHaveBeenCalledTimes(1);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("leaves no listener after its wait", async () => {
    const { signal } = new AbortController();
    const policy = identityRetryPolicy({ maxRetries: 1, retryDelayInMs: 1 });
    await policy.sendRequest(newRequest({ abortSignal: signal }), async () => answer(503));
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("a redirect", () => {
  async function follow(status: number, location: string | undefined, maxRetries?: number) {
    const urls: string[] = [];
    const request = newRequest();
    const policy = sameOriginRedirectPolicy(maxRetries === undefined ? {} : { maxRetries });
    const response = await policy.sendRequest(request, async (sent) => {
      urls.push(sent.url);
      const given =
        urls.length === 1 ? answer(status, location === undefined ? {} : { location }) : answer(200);
      return { ...given, request: sent };
    });
    return { urls, status: response.status };
  }

  it("with 307 is followed to the same origin", async () => {
    expect(await follow(307, "/b")).toEqual({ urls: [url, "https://a.example/b"], status: 200 });
  });

  it.each([
    [301, "/b"],
    [302, "/b"],
    [308, "/b"],
    [200, "/b"],
    [307, undefined],
    [307, "http://["],
    [307, "https://b.example/b"],
    [307, "http://a.example/b"],
    [307, "https://a.example:444/b"],
  ])("with %i to %s isn't followed", async (status, location) => {
    expect(await follow(status, location)).toEqual({ urls: [url], status });
  });

  it("isn't followed with maxRetries 0, and only once with more", async () => {
    expect(await follow(307, "/b", 0)).toEqual({ urls: [url], status: 307 });
    let count = 0;
    const response = await sameOriginRedirectPolicy({ maxRetries: 9 }).sendRequest(
      newRequest(),
      async (sent) => {
        count++;
        return { ...answer(307, { location: "/b" }), request: sent };
      },
    );
    expect({ count, status: response.status }).toEqual({ count: 2, status: 307 });
  });
});

describe("the log of an attempt", () => {
  it("shows its duration, and only harmless headers unredacted", async () => {
    vi.useFakeTimers();
    const headers = {
      Date: "shown",
      "x-date": "hidden",
      "date-x": "hidden",
      "x-mine": "mine",
      "x-theirs": "hidden",
    };
    const policy = logPolicy({ additionalAllowedHeaderNames: ["X-Mine"] });
    await policy.sendRequest(newRequest(), async () => {
      vi.advanceTimersByTime(42);
      return answer(200, headers);
    });
    vi.useRealTimers();
    expect(lines.at(-1)).toMatch(/ Response: 200 in 42 ms /);
    expect(JSON.parse(lines.at(-1)?.replace(/^[^{]*/, "") ?? "")).toEqual({
      Date: "shown",
      "x-date": "REDACTED",
      "date-x": "REDACTED",
      "x-mine": "mine",
      "x-theirs": "REDACTED",
    });
  });

  it("isn't built when logging is off", async () => {
    setLogLevel(undefined);
    const request = newRequest();
    Object.defineProperty(request, "url", { get: () => expect.fail("the URL was looked at") });
    await logPolicy({}).sendRequest(request, async () => answer(200));
    expect(lines).toEqual([]);
  });
});

describe("a URL in a log or a trace", () => {
  const whole = "https://a.example/access/teamsExtension/tenants/t1/assignments/o1?api-version=1&x=2&X=3";

  it.each([
    [{}, "/access/teamsExtension/tenants/REDACTED/assignments/REDACTED?api-version=1&x=REDACTED&X=REDACTED"],
    [
      { logUserIds: true },
      "/access/teamsExtension/tenants/t1/assignments/o1?api-version=1&x=REDACTED&X=REDACTED",
    ],
    [
      { additionalAllowedQueryParameters: ["X"] },
      "/access/teamsExtension/tenants/REDACTED/assignments/REDACTED?api-version=1&x=2&X=3",
    ],
  ])("is redacted with %o", (options, expected) => {
    expect(redactUrl(whole, urlRedactionOf(options))).toBe(`https://a.example${expected}`);
  });

  it("keeps an action, with or without an id before it", () => {
    const options = urlRedactionOf({});
    expect(redactUrl("https://a.example/identities/8%3Aacs/:issueAccessToken", options)).toBe(
      "https://a.example/identities/REDACTED/:issueAccessToken",
    );
    expect(redactUrl("https://a.example/identities/:search", options)).toBe(
      "https://a.example/identities/:search",
    );
    expect(redactUrl("https://a.example/identities?stryker was here=1", options)).toContain("=REDACTED");
  });
});

it("a timeout beyond a timer's maximum is capped at that maximum", async () => {
  const httpClient = stubTransport(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { status: 204 };
  });
  const client = new CommunicationIdentityClient("https://a.example", new AzureKeyCredential("pw=="), {
    httpClient,
  });
  const requestOptions = { timeout: 2 ** 40 };
  await client.deleteUser({ communicationUserId: "x" }, { requestOptions });
});
