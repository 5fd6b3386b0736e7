import { describe, expect, it } from "vitest";
import { seededGuid } from "../../../../src/testing/state/seeded.js";

describe("seededGuid", () => {
  it("returns version 4 UUIDs", () => {
    for (let counter = 1; counter < 1000; counter++) {
      expect(seededGuid("seed", counter)).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    }
  });

  it("returns 6000 distinct values over counters and seeds", () => {
    const seen = new Set<string>();
    for (let counter = 0; counter < 2000; counter++) {
      for (const seed of ["a", "b", "01d3f0a4-8a4b-4f5e-9f1c-1d2e3f405162"])
        seen.add(seededGuid(seed, counter));
    }
    expect(seen.size).toBe(6000);
  });
});
