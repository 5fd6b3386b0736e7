import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("../operation", import.meta.url));
const rules = readFileSync(`${folder}/alerts.yaml`, "utf8");
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

  it("lead to a part of the runbook", () => {
    const headings = [...readFileSync(`${folder}/runbook.md`, "utf8").matchAll(/^## (.+)$/gm)].map(
      ([, heading = ""]) => heading.toLowerCase().replaceAll(" ", "-"),
    );
    const links = [...rules.matchAll(/runbook\.md#([\w-]+)/g)].map(([, link]) => link);
    expect(links.length).toBe([...rules.matchAll(/- alert:/g)].length);
    for (const link of links) expect(headings).toContain(link);
  });

  it("use the metrics that the service records", () => {
    const recorded = readFileSync(new URL("../src/metrics.ts", import.meta.url), "utf8");
    for (const [, name = ""] of rules.matchAll(/token_service_(\w+?)(?:_total)?[[{)\s]/g)) {
      expect(recorded).toContain(`("${name}",`);
    }
  });
});
