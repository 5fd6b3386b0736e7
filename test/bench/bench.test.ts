// The arithmetic of the bench; what it measures is measured by running it.
import { describe, expect, it } from "vitest";
import { isWithinBudget, type Row } from "./rows.js";
import { quantile, ratioOf } from "./statistics.js";
import { formatTable } from "./table.js";

describe("quantile", () => {
  it.each([
    [[3, 1, 2], 0.5, 2],
    [[4, 1, 2, 3], 0.5, 2.5],
    [[1, 2, 3, 4, 5], 0.25, 2],
    [[7], 0.99, 7],
  ])("of %j at %f is %f", (values, share, expected) => {
    expect(quantile(values, share)).toBe(expected);
  });
});

describe("ratioOf", () => {
  it("compares the values of a round, so that a slow round does not count", () => {
    expect(ratioOf([2, 20, 2], [4, 40, 4])).toEqual({ median: 0.5, low: 0.5, high: 0.5 });
  });

  it("tells how far rounds lie apart", () => {
    expect(ratioOf([1, 2, 3, 4, 5], [1, 1, 1, 1, 1])).toEqual({ median: 3, low: 2, high: 4 });
  });
});

const row: Row = {
  section: "A section",
  what: "CPU per call",
  unit: "µs",
  values: { ours: 40.04, official: 100 },
  ratios: { ours: { median: 0.4, low: 0.38, high: 0.45 } },
  budget: { subject: "ours", ratio: 0.4 },
};

describe("a budget", () => {
  it("holds up to its ratio, and does not beyond", () => {
    expect(isWithinBudget(row)).toBe(true);
    expect(isWithinBudget({ ...row, budget: { subject: "ours", ratio: 0.39 } })).toBe(false);
  });

  it("says nothing where there is none or no measurement", () => {
    const { budget: _, ...without } = row;
    expect(isWithinBudget(without)).toBeUndefined();
    expect(isWithinBudget({ ...row, budget: { subject: "ours over undici", ratio: 1 } })).toBeUndefined();
  });
});

describe("the table", () => {
  it("shows values, the ratio with its spread, and the verdict", () => {
    const lines = formatTable([row, { ...row, budget: { subject: "ours", ratio: 0.3 } }]).split("\n");
    expect(lines.length).toBe(4);
    expect(lines[1]).toBe("A section");
    expect(lines[2]).toMatch(/^ {2}CPU per call +µs +100 +40 +0\.40 \(0\.38–0\.45\) +0\.40 +ok$/);
    expect(lines[3]).toMatch(/0\.30 +over$/);
  });
});
