import { expect, it, vi } from "vitest";
import { atIntervals } from "../src/atIntervals.js";

it("what is logged at intervals says how often it happened since the last time, for each kind", () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(1_000);
  const timesToLog = atIntervals(60_000);
  expect([timesToLog("a"), timesToLog("a"), timesToLog("a"), timesToLog("b")]).toEqual([
    1,
    undefined,
    undefined,
    1,
  ]);
  now.mockReturnValue(60_999);
  expect(timesToLog("a")).toBeUndefined();
  now.mockReturnValue(61_000);
  expect([timesToLog("a"), timesToLog("b")]).toEqual([4, 1]);
  vi.restoreAllMocks();
});
