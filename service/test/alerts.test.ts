import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { pathOf, skippedWithout } from "./installed.js";

const pathIn = (place: string) => fileURLToPath(new URL(place, import.meta.url));
const noPromtool = skippedWithout(pathOf("promtool"), "promtool");

describe("the alert rules", () => {
  it.skipIf(noPromtool).each([
    ["are rules that Prometheus accepts", "check", "../operations/alerts.yaml"],
    ["fire as their cases say", "test", "alertRules.yaml"],
  ])(`%s${noPromtool}`, (_, verb, file) => {
    const { status, stdout, stderr } = spawnSync("promtool", [verb, "rules", pathIn(file)], {
      encoding: "utf8",
    });
    expect(status, stdout + stderr).toBe(0);
  });
});
