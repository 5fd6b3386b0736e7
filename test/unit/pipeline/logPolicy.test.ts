import { AzureLogger, setLogLevel } from "@azure/logger";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  logger,
} from "../../../src/index.js";
import { logPolicy } from "../../../src/pipeline/logPolicy.js";
import { sixCalls } from "../../helpers/bothClients.js";
import { recordLog } from "../../helpers/log.js";
import { answer, newRequest } from "../../helpers/policyRequests.js";
import { expectNoSecret } from "../../helpers/secrets.js";
import { type StubAnswer, stubTransport } from "../../helpers/stubTransport.js";
import { connectionString, secretEntraToken, secretToken, testKey, userBody } from "../../helpers/values.js";

const created = { status: 201, body: userBody };

function setUp(options: CommunicationIdentityClientOptions, ...answers: StubAnswer[]) {
  const transport = stubTransport(...(answers.length > 0 ? answers : [created]));
  const client = new CommunicationIdentityClient(connectionString, { httpClient: transport, ...options });
  return { client, transport };
}

describe("loggingOptions", () => {
  function loggerOf(lines: string[]) {
    return Object.assign((...args: unknown[]) => void lines.push(args.map(String).join(" ")), {
      enabled: true,
      namespace: "mine",
      destroy: () => true,
      log: () => undefined,
      extend: () => loggerOf(lines),
    });
  }
  const answer = { ...created, headers: { "x-shown": "in-clear", "x-hidden": "not-in-clear" } };
  const requestOptions = { customHeaders: { "X-Mine": "mine-in-clear" } };
  const addQuery = {
    position: "perCall" as const,
    policy: {
      name: "addQuery",
      sendRequest: (request: { url: string }, next: (request: never) => Promise<never>) => {
        request.url += "&q=query-in-clear";
        return next(request as never);
      },
    },
  };

  it("send each attempt to a custom logger", async () => {
    const lines: string[] = [];
    const loggingOptions = { logger: loggerOf(lines) };
    const { client } = setUp(
      { loggingOptions, retryOptions: { retryDelayInMs: 1 } },
      { status: 500 },
      answer,
    );
    await client.createUser();
    expect(lines.filter((line) => line.includes("Request"))).toHaveLength(2);
    expect(lines.filter((line) => line.includes("Response"))).toHaveLength(2);
    expect(lines.join("\n")).toContain("/identities?api-version=2023-10-01");
  });

  it("show only the headers and query parameters that they name", async () => {
    const lines: string[] = [];
    const additionalPolicies = [addQuery];
    const loggingOptions = {
      logger: loggerOf(lines),
      additionalAllowedHeaderNames: ["x-shown", "X-MINE"],
      additionalAllowedQueryParameters: ["q"],
    };
    const shown = setUp({ loggingOptions, additionalPolicies }, answer);
    await shown.client.createUser({ requestOptions });
    const text = lines.join("\n");
    for (const value of [': "in-clear', "mine-in-clear", "q=query-in-clear"]) {
      expect(text.replaceAll('":"', '": "')).toContain(value);
    }
    expect(text).not.toContain("not-in-clear");
  });

  it.each(sixCalls)("never show a secret: $name", async (call) => {
    const lines: string[] = [];
    const { client, transport } = setUp({ loggingOptions: { logger: loggerOf(lines) } }, call.answer);
    await call.run(client);
    expect(lines.length).toBeGreaterThan(1);
    const signature = transport.sent[0]?.headers.authorization?.split("Signature=")[1] ?? expect.fail();
    expectNoSecret(lines, secretToken, secretEntraToken, testKey, signature);
  });

  it("are optional: the library's own logger writes each attempt when it is enabled", async () => {
    const lines = recordLog(undefined);
    await setUp({}).client.createUser();
    expect(lines).toEqual([]);
    setLogLevel("info");
    await setUp({}).client.createUser();
    expect(lines.some((line) => line.startsWith("azure:communication-identity:info"))).toBe(true);
    expect(logger.info.namespace).toBe("azure:communication-identity:info");
  });
});

it("the log line of a failed call contains the error code, but no text that a server passes off as one", async () => {
  const lines = recordLog("warning");
  for (const code of ["Some.Code-1", "X\n2026 azure:forged", "y".repeat(500_000)]) {
    const { client } = setUp({}, { status: 400, body: { error: { code, message: "m" } } });
    await expect(client.createUser()).rejects.toHaveProperty("code", code);
  }
  const { client } = setUp({}, { status: 201, body: "{" });
  await expect(client.createUser()).rejects.toHaveProperty("code", "PARSE_ERROR");
  expect(lines.map((line) => line.split(", attempts")[0])).toEqual([
    expect.stringMatching(/createUser failed: RestError 400 Some\.Code-1$/),
    expect.stringMatching(/createUser failed: RestError 400$/),
    expect.stringMatching(/createUser failed: RestError 400$/),
    expect.stringMatching(/createUser failed: RestError 201 PARSE_ERROR$/),
  ]);
});

describe("the log of an attempt", () => {
  let lines: string[];
  beforeEach(() => {
    lines = recordLog("verbose");
  });

  it("shows its duration, and only harmless headers unredacted", async () => {
    vi.useFakeTimers();
    // Away from the start of the clock.
    vi.advanceTimersByTime(1000);
    const names = (text: string) => text.trim().split(/\s+/);
    const harmless = names(`
      Accept API-Supported-Versions Content-Length content-type Date Host MS-CV Retry-After traceparent User-Agent
      WWW-Authenticate x-azure-ref x-ms-client-request-id x-ms-date x-ms-error-code x-ms-request-id x-ms-useragent
      x-processing-time`);
    const others = names("x-date date-x Location Set-Cookie Cookie Proxy-Authorization x-ms-content-sha256");
    const headers = {
      ...Object.fromEntries([...harmless, ...others].map((name) => [name, "value"])),
      "x-mine": "mine",
    };
    const policy = logPolicy({ additionalAllowedHeaderNames: ["X-Mine"] }, String);
    await policy.sendRequest(newRequest(), async () => {
      vi.advanceTimersByTime(42);
      return answer(200, headers);
    });
    vi.useRealTimers();
    expect(lines.at(-1)).toMatch(/ Response: 200 in 42 ms /);
    expect(JSON.parse(lines.at(-1)?.replace(/^[^{]*/, "") ?? "")).toEqual({
      ...headers,
      ...Object.fromEntries(others.map((name) => [name, "REDACTED"])),
    });
  });

  it("has a secret of the request removed, even where a server repeats it in a harmless header", async () => {
    const request = newRequest();
    request.headers.set("Authorization", "HMAC-SHA256 SignedHeaders=host&Signature=c2lnbmF0dXJlLW9mLXRoaXM=");
    await logPolicy({}, String).sendRequest(request, async () =>
      answer(200, { "MS-CV": "a server may repeat c2lnbmF0dXJlLW9mLXRoaXM=" }),
    );
    expect(lines.at(-1)).toMatch(/^[^{]* Response: 200 /);
    expect(JSON.parse(lines.at(-1)?.replace(/^[^{]*/, "") ?? "")).toEqual({
      "MS-CV": "a server may repeat REDACTED",
    });
  });

  it.each(["AzureLogger", "loggingOptions"])(
    "that can't be written doesn't change a call: %s throws",
    async (name) => {
      const date = new Date(Date.now() + 3_600_000).toUTCString();
      const log = vi.fn(() => {
        throw new Error("from the logger");
      });
      if (name === "AzureLogger") AzureLogger.log = log;
      const loggingOptions = name === "AzureLogger" ? {} : { logger: log as unknown as AzureLogger["info"] };
      const answers = [{ status: 401, headers: { date } }, { status: 503 }, created];
      const { client, transport } = setUp(
        { loggingOptions, retryOptions: { retryDelayInMs: 1 } },
        ...answers,
      );
      await client.createUser();
      expect(transport.sent).toHaveLength(3);
      expect(log).toHaveBeenCalled();
    },
  );

  it("isn't built when logging is off", async () => {
    setLogLevel(undefined);
    const request = newRequest();
    Object.defineProperty(request, "url", { get: () => expect.fail("the URL was looked at") });
    await logPolicy({}, String).sendRequest(request, async () => answer(200));
    expect(lines).toEqual([]);
  });
});
