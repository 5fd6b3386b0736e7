import { setMaxListeners } from "node:events";
import { CommunicationIdentityClient } from "acs-identity";
import { createFakeIdentityService } from "acs-identity/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Pacer, watchAttempts } from "../../../../samples/bulkProvisioning/pacer.js";
import { provision } from "../../../../samples/bulkProvisioning/provision.js";
import type { ResultFile } from "../../../../samples/bulkProvisioning/resultFile.js";

// Fake timers don't cover node:timers/promises.
vi.mock("node:timers/promises", () => ({
  setTimeout: (ms: number, _: undefined, { signal }: { signal: AbortSignal }) =>
    new Promise<void>((resolve, reject) => {
      signal.throwIfAborted();
      const abort = (): void => reject(signal.reason);
      signal.addEventListener("abort", abort);
      setTimeout(() => {
        signal.removeEventListener("abort", abort);
        resolve();
      }, ms);
    }),
}));

const realSetTimeout = setTimeout;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

const never = new AbortController().signal;
setMaxListeners(0, never);

/** Requests `count` turns. The returned array collects when each one comes, in milliseconds from now. */
function turns(pacer: Pacer, count: number): number[] {
  const start = Date.now();
  const times: number[] = [];
  for (let turn = 0; turn < count; turn++) void pacer.turn(never).then(() => times.push(Date.now() - start));
  return times;
}

describe("the pacer", () => {
  it("starts at most as many requests in any 30 seconds as the service allows", async () => {
    const times = turns(new Pacer(1000), 1500);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(times).toHaveLength(1500);
    const thousands = times.slice(1000).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...thousands)).toBeGreaterThan(30_000);
    expect(Math.max(...thousands)).toBeLessThan(32_000);
  });

  it("starts nothing during a pause, and spreads the starts afterwards", async () => {
    const pacer = new Pacer(1000);
    const times = turns(pacer, 20);
    await vi.advanceTimersByTimeAsync(100);
    pacer.pause(10_000);
    const before = times.length;
    await vi.advanceTimersByTimeAsync(9_990);
    expect(times).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(50);
    expect(times.length - before).toBeLessThanOrEqual(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(times).toHaveLength(20);
  });

  it("rejects waiting turns when the signal aborts", async () => {
    const pacer = new Pacer(1000);
    pacer.pause(60_000);
    const stop = new AbortController();
    const turn = pacer.turn(stop.signal);
    stop.abort();
    await expect(turn).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("a 429", () => {
  it.each([
    ["with a Retry-After", 20],
    ["without one, which the client doesn't retry, for a whole window", undefined],
  ])("%s pauses all calls", async (_, retryAfterInSeconds) => {
    const service = createFakeIdentityService();
    const attempts = { retries: 0, throttled: 0 };
    const pacer = new Pacer(1000);
    const client = new CommunicationIdentityClient(service.connectionString, {
      httpClient: {
        async sendRequest(request) {
          const response = await service.httpClient.sendRequest(request);
          if (retryAfterInSeconds === undefined) response.headers.delete("Retry-After");
          return response;
        },
      },
      additionalPolicies: [watchAttempts(attempts, pacer)],
    });
    const added: string[] = [];
    const results = { has: () => false, add: (id: string) => added.push(id) } as unknown as ResultFile;
    service.failNext({ status: 429, ...(retryAfterInSeconds && { retryAfterInSeconds }) });
    const start = Date.now();
    let isDone = false;
    const done = provision({
      client,
      pacer,
      attempts,
      results,
      ids: ["user-1", "user-2", "user-3"],
      concurrency: 2,
      stop: new AbortController(),
      onResult: () => {},
    });
    void done.finally(() => {
      isDone = true;
    });
    // Signing takes real time, which the fake timers don't advance.
    while (!isDone) {
      await new Promise((resolve) => realSetTimeout(resolve, 5));
      await vi.advanceTimersByTimeAsync(100);
    }
    await done;
    expect(added.sort()).toEqual(["user-1", "user-2", "user-3"]);
    expect(attempts).toEqual({ retries: 1, throttled: 1 });
    // The second one may have been on its way.
    const third = service.requests[2]?.time.getTime() ?? 0;
    expect(third - start).toBeGreaterThanOrEqual((retryAfterInSeconds ?? 30) * 1000);
  });
});

it.each([400, 401, 403])("a %i, which all others would get, is the last request", async (status) => {
  const service = createFakeIdentityService();
  service.failNext({ status });
  const { connectionString, httpClient } = service;
  const failures: unknown[] = [];
  const addFailure = (_: string, failure: unknown) => failures.push(failure);
  await provision({
    client: new CommunicationIdentityClient(connectionString, { httpClient }),
    pacer: { turn: async (signal: AbortSignal) => signal.throwIfAborted() } as unknown as Pacer,
    attempts: { retries: 0, throttled: 0 },
    results: { has: () => false, add: () => {}, addFailure } as unknown as ResultFile,
    ids: ["user-1", "user-2", "user-3"],
    concurrency: 1,
    stop: new AbortController(),
    onResult: () => {},
  });
  expect(failures).toEqual([expect.objectContaining({ statusCode: status })]);
  expect(new Set(service.requests.map(({ status }) => status))).toEqual(new Set([status]));
});
