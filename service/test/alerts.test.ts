import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("../operation", import.meta.url));
const noPromtool =
  spawnSync("promtool", ["--version"]).status === 0 ? "" : " (skipped: no promtool on this machine)";

describe("the alert rules", () => {
  it.skipIf(noPromtool)(`are rules that Prometheus accepts${noPromtool}`, () => {
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "rules", `${folder}/alerts.yaml`], {
      encoding: "utf8",
    });
    expect(status, stdout + stderr).toBe(0);
  });

  it.skipIf(noPromtool)(`fire in an outage, whether or not anybody calls${noPromtool}`, () => {
    const file = fileURLToPath(new URL("alertRules.yaml", import.meta.url));
    const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", file], { encoding: "utf8" });
    expect(status, stdout + stderr).toBe(0);
  });
});
