import { describe, expect, it } from "vitest";
import { packages, prepareCall } from "./calls.js";
import { judge } from "./table.js";

describe("the ratio in the bench", () => {
  it("compares the values of each round, so that a slow round doesn't distort it", () => {
    expect(judge([2, 20, 2], [4, 40, 4], 0.5)).toBe("0.50 (0.50–0.50), within 0.50");
  });

  it("shows the spread, and exceeds its budget when its median does", () => {
    expect(judge([1, 2, 3], [1, 1, 1], 1.9)).toBe("2.00 (1.00–3.00), OVER 1.90");
  });
});

it.each(["ours", "official"] as const)("the bench calls %s, over a stub", async (subject) => {
  const call = await prepareCall(packages[subject], { calls: 1 });
  expect(await call()).toHaveProperty("token");
});
