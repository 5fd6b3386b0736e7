import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { judge } from "./table.js";

describe("the ratio in the bench", () => {
  it("compares the values of each round, so that a slow round doesn't distort it", () => {
    expect(judge([2, 20, 2], [4, 40, 4], 0.5)).toBe("0.50 (0.50–0.50), within 0.50");
  });

  it("shows the spread, and exceeds its budget when its median does", () => {
    expect(judge([1, 2, 3], [1, 1, 1], 1.9)).toBe("2.00 (1.00–3.00), OVER 1.90");
  });
});

it.each(["ours", "official"])("the bench worker measures a few calls of %s", (subject) => {
  const worker = fileURLToPath(new URL("worker.ts", import.meta.url));
  const scenario = JSON.stringify({ calls: 3 });
  const printed = execFileSync(process.execPath, ["--import", "tsx", worker, subject, scenario]);
  const { cpu } = JSON.parse(printed.toString());
  // Windows counts CPU time in steps of 16 ms, and these calls may take less.
  expect(cpu).toBeGreaterThan(process.platform === "win32" ? -1 : 0);
});
