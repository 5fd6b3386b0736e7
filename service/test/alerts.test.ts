import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import "../src/metrics.js";
import { timeLimit } from "../../test/helpers/timeLimit.js";
import { programPath, skippedWithout } from "./installed.js";
import { instruments } from "./measurements.js";

const pathIn = (place: string) => fileURLToPath(new URL(place, import.meta.url));
const rules = readFileSync(pathIn("../operations/alerts.yaml"), "utf8");
const runbook = readFileSync(pathIn("../operations/runbook.md"), "utf8");
const noPromtool = skippedWithout(programPath("promtool"), "promtool");

describe("the alert rules", { timeout: timeLimit }, () => {
  it.skipIf(noPromtool).each([
    ["are rules that Prometheus accepts", "check", "../operations/alerts.yaml"],
    ["fire as their cases say", "test", "alertRules.yaml"],
  ])(`%s${noPromtool}`, (_, verb, file) => {
    const { status, stdout, stderr } = spawnSync("promtool", [verb, "rules", pathIn(file)], {
      encoding: "utf8",
    });
    expect(status, stdout + stderr).toBe(0);
  });

  it("lead to a part of the runbook", () => {
    const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) =>
      heading.toLowerCase().replaceAll(" ", "-"),
    );
    const links = [...rules.matchAll(/runbook\.md#([\w-]+)/g)].map(([, link]) => link);
    expect(links.length).toBe([...rules.matchAll(/- alert:/g)].length);
    for (const link of links) expect(headings).toContain(link);
  });

  it("use the metrics that the service records", () => {
    const used = [...rules.matchAll(/token_service_(\w+?)(?:_total|_bucket|_count)?[[{)\s]/g)];
    expect(used.length).toBeGreaterThan(0);
    for (const [, name = ""] of used) expect(instruments).toContain(`token_service.${name}`);
  });

  it("are those that the runbook lists, each with its part", () => {
    const [overview = ""] = runbook.split("## ");
    const listed = [...overview.matchAll(/^\| `(\w+)` \|.*\(#([\w-]+)\) \|$/gm)];
    const all: { alert?: string; annotations: { runbook: string } }[] = parse(rules).groups[0].rules;
    const shipped = all.filter(({ alert }) => alert);
    expect(listed.map(([, name, part]) => [name, part])).toEqual(
      shipped.map(({ alert, annotations }) => [alert, annotations.runbook.split("#")[1]]),
    );
  });
});
