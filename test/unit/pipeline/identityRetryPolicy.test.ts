import { getEventListeners } from "node:events";
import { RestError } from "@azure/core-rest-pipeline";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { identityRetryPolicy } from "../../../src/pipeline/identityRetryPolicy.js";
import { recordLog } from "../../helpers/log.js";
import { answer, newRequest } from "../../helpers/policyRequests.js";

let lines: string[];
beforeEach(() => {
  lines = recordLog("verbose");
});

/** Returns our own warnings about retries; core's retry engine logs its steps at the verbose level. */
function ours(): string[] {
  return lines.filter((line) => line.startsWith("azure:communication-identity:warning"));
}

describe("the retry policy", () => {
  it("retries a lost connection whose error doesn't name its request", async () => {
    const policy = identityRetryPolicy({ maxRetries: 1, retryDelayInMs: 1 });
    const send = vi.fn().mockRejectedValueOnce(new RestError("x", { code: "ECONNRESET" }));
    send.mockResolvedValueOnce(answer(200));
    expect((await policy.sendRequest(newRequest(), send)).status).toBe(200);
    expect(ours()).toEqual([expect.stringMatching(/a lost connection, request id unknown$/)]);
  });

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
  ])("if each response is a %i, makes %i of 3 attempts", async (status, expected) => {
    expect(await attempts(status)).toBe(expected);
  });

  it.each([
    [429, { "Retry-After": "0" }, 3, 0],
    [429, { "retry-after-ms": "1" }, 3, 1],
    ...[503, 500, 408].map((status) => [status, { "retry-after-ms": "20" }, 3, 20] as const),
    ...[503, 500, 429].map((status) => [status, { "retry-after-ms": "21" }, 1, 21] as const),
    ...[400, 501, 200].map((status) => [status, { "retry-after-ms": "1" }, 1, 1] as const),
  ] as const)("with %i and %o, if 20 ms is the longest delay, makes %i of 3 attempts", async (...row) => {
    const [status, headers, expected, delay] = row;
    expect(await attempts(status, headers)).toBe(expected);
    if (expected > 1) expect(ours()[0]).toContain(` in ${delay} ms after status ${status}`);
  });

  it("doubles its delay each time up to the limit, and makes half of it random", async () => {
    const delays: unknown[] = [];
    vi.spyOn(Math, "random").mockReturnValueOnce(0).mockReturnValueOnce(1).mockReturnValueOnce(0);
    const policy = identityRetryPolicy({ maxRetries: 3, retryDelayInMs: 4, maxRetryDelayInMs: 10 });
    await policy.sendRequest(newRequest(), async () => answer(503));
    for (const line of ours()) delays.push(/ in (\d+) ms/.exec(line)?.[1]);
    expect(delays).toEqual(["2", "8", "5"]);
  });

  it("by default retries three times, with 1, 2 and 4 s, or with a Retry-After of at most 64 s", async () => {
    vi.useFakeTimers();
    vi.spyOn(Math, "random").mockReturnValue(1);
    for (const [headers, delays] of [
      [{}, [1000, 2000, 4000]],
      [{ "Retry-After": "64" }, [64_000, 64_000, 64_000]],
      [{ "Retry-After": "65" }, []],
    ] as const) {
      lines.length = 0;
      const send = vi.fn(async () => answer(503, headers));
      identityRetryPolicy({}).sendRequest(newRequest(), send);
      await vi.advanceTimersByTimeAsync(300_000);
      expect(send).toHaveBeenCalledTimes(1 + delays.length);
      expect(ours().map((line) => Number(/ in (\d+) ms/.exec(line)?.[1]))).toEqual(delays);
    }
  });

  it("doesn't wait for longer than a timer can", async () => {
    expect(await attempts(503, { "Retry-After": "2147484" }, Number.POSITIVE_INFINITY)).toBe(1);
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
    const others = lines.filter((line) => !ours().includes(line));
    expect(others.filter((line) => !line.includes(":verbose "))).toEqual([]);
  });

  it.each([
    ["http://127.0.0.1:9/", 1],
    ["https://localhost/", 1],
    ["https://app.localhost/", 3],
    ["https://contoso.communication.azure.com/", 3],
  ])("if %s refuses connections, makes %i of 3 attempts", async (url, expected) => {
    const request = newRequest({ url });
    const refused = new RestError("connect ECONNREFUSED", { code: "ECONNREFUSED", request });
    const send = vi.fn(async () => Promise.reject(refused));
    const policy = identityRetryPolicy({ maxRetries: 2, retryDelayInMs: 1 });
    await expect(policy.sendRequest(request, send)).rejects.toBe(refused);
    expect(send).toHaveBeenCalledTimes(expected);
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
});
