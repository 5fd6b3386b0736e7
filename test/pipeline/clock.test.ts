import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
} from "../../src/index.js";
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
