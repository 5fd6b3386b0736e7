import { afterEach, describe, expect, it, vi } from "vitest";
import { watchDependencies } from "../src/watchDependencies.js";
import { useFakeClock } from "./fakeClock.js";
import { measurements } from "./measurements.js";

describe("the dependencies", () => {
  useFakeClock();
  const stop = new AbortController();
  afterEach(() => stop.abort());

  it("are checked once a minute, and what fails or takes 10 s is logged", async () => {
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const database = vi.fn(async () => {});
    const issuer = vi.fn(() => Promise.reject(new Error("refused")));
    const acs = vi.fn(() => new Promise<void>(() => {}));
    const watching = watchDependencies({ database, issuer, acs }, log, stop.signal);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(measurements).toEqual([
      'token_service.dependency_up 1 {"dependency":"database"}',
      'token_service.dependency_up 0 {"dependency":"issuer"}',
    ]);
    await vi.advanceTimersByTimeAsync(1);
    expect(measurements[2]).toBe('token_service.dependency_up 0 {"dependency":"acs"}');
    expect(log.warn.mock.calls).toMatchObject([
      [{ dependency: "issuer", cause: { message: "refused" } }, "A dependency doesn't work"],
      [{ dependency: "acs", cause: { message: "timed out" } }, "A dependency doesn't work"],
    ]);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(database).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(database).toHaveBeenCalledTimes(2);
    stop.abort();
    await vi.advanceTimersByTimeAsync(10_000);
    await watching;
    expect(log.warn, "nothing is wrong if the service stops").toHaveBeenCalledTimes(3);
  });
});
