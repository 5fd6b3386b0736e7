import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  createCommunicationAccessKeyCredentialPolicy,
} from "../../../src/index.js";
import { logger } from "../../../src/logger.js";
import { rejectionOf } from "../../helpers/secrets.js";
import { type StubAnswer, stubTransport } from "../../helpers/stubTransport.js";
import { testEndpoint, testKey, userBody } from "../../helpers/values.js";

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

describe("a 401 whose Date differs from ours", () => {
  it.each([20, -20, 61 / 60, 36 * 60])(
    "by %d minutes is retried once with the service's time, which is kept",
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

  it.each([302, 400, 401, 403, 404, 407, 408, 429, 500, 503])(
    "isn't kept if the corrected request gets %i, which may come from a proxy or a portal",
    async (status) => {
      const retryOptions = { maxRetries: 0 };
      const { client, dates } = setUp([denied(20 * minute), { status }, created], { retryOptions });
      await rejectionOf(() => client.createUser());
      await client.createUser();
      expect(dates()).toEqual([date(0), date(20 * minute), date(0)]);
    },
  );

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

  it("is replaced when the clock of this machine has been set right", async () => {
    const lines: string[] = [];
    vi.spyOn(logger, "warning").mockImplementation((line) => void lines.push(String(line)));
    const { client, dates } = setUp([denied(20 * minute), created, denied(0), created]);
    await client.createUser();
    await client.createUser();
    await client.createUser();
    expect(dates().slice(2)).toEqual([date(20 * minute), date(0), date(0)]);
    expect(lines.filter((line) => line.includes("clock"))).toEqual([
      expect.stringContaining("1200 s slow"),
      "The clock of this machine is right again; requests are signed with its time.",
    ]);
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

it("a success with another Date doesn't change the time of the next request", async () => {
  const { client, dates } = setUp([{ ...created, headers: { date: date(60 * minute) } }]);
  await client.createUser();
  await client.createUser();
  expect(dates()).toEqual([date(0), date(0)]);
});

describe("the clock's correction", () => {
  it.each([
    [60 * minute, "3600 s slow", "3600 s fast"],
    [-1.5 * minute, "90 s fast", "90 s slow"],
  ])("is logged once it has been accepted, as is the next one: %i ms", async (offset, words, nextWords) => {
    const lines: string[] = [];
    vi.spyOn(logger, "warning").mockImplementation((line) => void lines.push(String(line)));
    const refused = { status: 503, headers: { "retry-after": "999" } };
    const corrected = [denied(offset), denied(offset), created, created, created];
    const answers = [denied(offset), refused, ...corrected, denied(-offset), created];
    const { client } = setUp(answers);
    await rejectionOf(() => client.createUser());
    expect(lines.filter((line) => line.includes("clock"))).toEqual([]);
    // The second one adopts nothing new.
    await Promise.all([client.createUser(), client.createUser()]);
    for (let call = 0; call < 2; call++) await client.createUser();
    expect(lines.filter((line) => line.includes("clock"))).toEqual([
      expect.stringContaining(`The clock of this machine is ${words}; requests are signed`),
      expect.stringContaining(`The clock of this machine is ${nextWords}; requests are signed`),
    ]);
  });

  it("by a call isn't undone by the 401 of another call that was signed before", async () => {
    const policy = createCommunicationAccessKeyCredentialPolicy({ key: testKey });
    const answers: { status: number; headers?: { date: string } }[] = [denied(20 * minute)];
    const sent: string[] = [];
    const send = async (onSent?: () => Promise<void>) => {
      const request = createPipelineRequest({ url: testEndpoint });
      await policy.sendRequest(request, async () => {
        sent.push(request.headers.get("x-ms-date") ?? "");
        await onSent?.();
        const { status, headers } = answers.shift() ?? { status: 201 };
        return { request, status, headers: createHttpHeaders(headers) };
      });
    };
    // The second call adopts the offset while the first one waits for its 401, whose Date is too close to suggest another.
    let isFirst = true;
    await send(async () => {
      if (!isFirst) return;
      isFirst = false;
      await send();
      answers.unshift(denied(0));
    });
    await send();
    expect(sent).toEqual([date(0), date(0), date(20 * minute), date(20 * minute)]);
  });

  it.each([
    ["another time each time", (index: number) => denied((index % 2 === 0 ? 20 : -20) * minute)],
    ["the same time each time", () => denied(20 * minute)],
  ])("happens once per call: 401 with %s, mixed with 503", async (_, deniedAt) => {
    const busy = { status: 503, headers: { "retry-after-ms": "1" } };
    const answers = Array.from({ length: 20 }, (__, index) => (index % 2 === 0 ? deniedAt(index / 2) : busy));
    const { client, dates } = setUp(answers);
    await rejectionOf(() => client.createUser());
    expect(dates().length).toBeLessThanOrEqual(5);
  });

  it("that a call has tried without a proof is used by its next attempt, and kept once it's accepted", async () => {
    const busy = { status: 503, headers: { "retry-after-ms": "1" } };
    const { client, dates } = setUp([denied(20 * minute), busy, created]);
    await client.createUser();
    await client.createUser();
    expect(dates()).toEqual([date(0), ...Array.from({ length: 3 }, () => date(20 * minute))]);
  });

  it("that one call has tried doesn't reach other calls that share its request id", async () => {
    const { client, dates } = setUp([denied(20 * minute), denied(0), created]);
    const requestOptions = { customHeaders: { "x-ms-client-request-id": "shared" } };
    await rejectionOf(() => client.createUser({ requestOptions }));
    await client.createUser({ requestOptions });
    expect(dates()).toEqual([date(0), date(20 * minute), date(0)]);
  });
});
