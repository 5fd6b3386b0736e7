import { createHttpHeaders, createPipelineRequest, type PipelineResponse } from "@azure/core-rest-pipeline";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
} from "../../src/index.js";
import { logger } from "../../src/logger.js";
import { ClockOffset } from "../../src/pipeline/clock.js";
import { rejectionOf } from "../helpers/secrets.js";
import { type StubAnswer, stubTransport } from "../helpers/stubTransport.js";
import { testEndpoint, testKey, userBody } from "../helpers/values.js";

const now = new Date("2026-01-02T03:04:05.000Z");
const minute = 60_000;
const created = { status: 201, body: userBody };

function date(offsetInMs: number): string {
  return new Date(now.getTime() + offsetInMs).toUTCString();
}

function denied(offsetInMs: number) {
  return { status: 401, headers: { date: date(offsetInMs) } };
}

function setUp(answers: readonly StubAnswer[], options: CommunicationIdentityClientOptions = {}) {
  const transport = stubTransport(...answers);
  const client = new CommunicationIdentityClient(testEndpoint, new AzureKeyCredential(testKey), {
    ...options,
    httpClient: transport,
  });
  return { client, dates: () => transport.sent.map(({ headers }) => headers["x-ms-date"]) };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a 401 whose Date differs from ours", () => {
  it.each([20, -20, 2])(
    "by %i minutes is retried once with the service's time, which is kept",
    async (minutes) => {
      const { client, dates } = setUp([denied(minutes * minute), created]);
      await client.createUser();
      await client.createUser();
      expect(dates()).toEqual([date(0), date(minutes * minute), date(minutes * minute)]);
    },
  );

  it("is an error when the second attempt also gets a 401, and the time isn't kept", async () => {
    const { client, dates } = setUp([denied(20 * minute)]);
    expect(await rejectionOf(() => client.createUser())).toMatchObject({ statusCode: 401 });
    expect(dates()).toEqual([date(0), date(20 * minute)]);
    await rejectionOf(() => client.createUser());
    expect(dates()[2]).toBe(date(0));
  });

  it.each([401, 403, 407, 408, 429, 500, 503])(
    "isn't kept if the corrected request gets %i, which doesn't say that its signature was accepted",
    async (status) => {
      const retryOptions = { maxRetries: 0 };
      const { client, dates } = setUp([denied(20 * minute), { status }, created], { retryOptions });
      await rejectionOf(() => client.createUser());
      await client.createUser();
      expect(dates()).toEqual([date(0), date(20 * minute), date(0)]);
    },
  );

  it.each([400, 404, 409])("is kept if the corrected request gets %i", async (status) => {
    const { client, dates } = setUp([denied(20 * minute), { status }, created]);
    await rejectionOf(() => client.createUser());
    await client.createUser();
    expect(dates()[2]).toBe(date(20 * minute));
  });

  it("is forgotten at the first 401 to a request that was signed with it", async () => {
    const { client, dates } = setUp([
      denied(20 * minute),
      created,
      denied(20 * minute),
      { status: 503, headers: { "retry-after": "999" } },
      created,
    ]);
    await client.createUser();
    await rejectionOf(() => client.createUser());
    await rejectionOf(() => client.createUser());
    await client.createUser();
    expect(dates().slice(2)).toEqual([date(20 * minute), date(0), date(0)]);
  });

  it("isn't retried with clockCorrection off", async () => {
    const options = { clockCorrection: false };
    const { client, dates } = setUp([denied(20 * minute), created], options);
    await rejectionOf(() => client.createUser());
    expect(dates()).toEqual([date(0)]);
  });
});

describe("no second attempt is made after", () => {
  it.each<[string, StubAnswer]>([
    ["a 401 with the same time", denied(0)],
    ["a 401 that is a minute off", denied(minute)],
    ["a 401 without a Date", { status: 401 }],
    ["a 401 with junk as its Date", { status: 401, headers: { date: "soon" } }],
    ["a 403 that is an hour off", { ...denied(60 * minute), status: 403 }],
    ["a 400 that is an hour off", { ...denied(60 * minute), status: 400 }],
  ])("%s", async (_, answer) => {
    const { client, dates } = setUp([answer]);
    await rejectionOf(() => client.createUser());
    expect(dates()).toEqual([date(0)]);
  });
});

describe("ClockOffset", () => {
  const start = now.getTime();
  const refusedAt = (headers: Record<string, string>): PipelineResponse => ({
    request: createPipelineRequest({ url: "https://a.example" }),
    status: 401,
    headers: createHttpHeaders(headers),
  });

  it.each([
    ["a minute and a second", { Date: date(minute + 1000) }, minute + 1000],
    ["one minute", { Date: date(minute) }, undefined],
    ["an invalid Date", { Date: "soon" }, undefined],
    ["no Date", {}, undefined],
  ])("given %s, suggests the right offset", (_, headers, offset) => {
    expect(new ClockOffset().suggestedBy(refusedAt(headers as Record<string, string>), start)).toBe(offset);
  });

  it.each([
    [3_600_000, "3600 s slow"],
    [-90_000, "90 s fast"],
  ])("logs once that the clock was %i ms off", (offset, words) => {
    const lines: string[] = [];
    const warn = vi.spyOn(logger, "warning").mockImplementation((line) => void lines.push(String(line)));
    onTestFinished(() => warn.mockRestore());
    const clock = new ClockOffset();
    clock.adoptIfAccepted(offset, 503);
    expect(lines).toEqual([]);
    clock.adoptIfAccepted(offset, 201);
    clock.adoptIfAccepted(-offset, 201);
    expect(lines).toEqual([
      expect.stringContaining(`The clock of this machine is ${words}; requests are signed`),
    ]);
  });

  it("forgets the offset of a refused request, but not one that was adopted since", () => {
    const clock = new ClockOffset();
    clock.adoptIfAccepted(100_000, 200);
    clock.forget(300_000);
    expect(clock.current).toBe(100_000);
    clock.forget(100_000);
    expect(clock.current).toBe(0);
  });
});
