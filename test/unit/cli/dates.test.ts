import { describe, expect, it } from "vitest";
import { relativeTime } from "../../../src/cli/dates.js";

describe("relativeTime", () => {
  const minute = 60_000;
  it.each([
    [60 * minute - 1, "in 60 minutes"],
    [24 * 60 * minute - 500, "in 24 hours"],
    [30_000, "in 1 minute"],
    [7 * 24 * 60 * minute - 1, "in 7 days"],
    [1, "in 1 minute"],
    [119 * minute, "in 119 minutes"],
    [120 * minute, "in 2 hours"],
    [47 * 60 * minute, "in 47 hours"],
    [48 * 60 * minute, "in 2 days"],
    [-10 * minute - 1, "10 minutes ago"],
    [-120 * minute, "2 hours ago"],
  ])("of %d ms is %s", (difference, text) => {
    const now = Date.UTC(2026, 0, 1);
    expect(relativeTime(new Date(now + difference), now)).toBe(text);
  });
});
