import { packageVersion } from "../../src/shared/version.js";
import { cases, newest } from "./cases.js";
import type { Finding, Outcome } from "./compare.js";

export interface ReportContext {
  readonly date: Date;
  /** Where the service says that the resource is, if it does. */
  readonly region: string | undefined;
  readonly core: string;
  /** Why the run ended early, if it did. */
  readonly stopped: string | undefined;
  /** What is left at the resource. */
  readonly left: string;
}

/** Returns live-report.md. */
export function reportOf(
  outcomes: readonly Outcome[],
  findings: readonly Finding[],
  { date, region = "unknown", core, stopped, left }: ReportContext,
): string {
  const compared = outcomes.filter(({ notRun }) => notRun === undefined).length;
  const lines = [
    "# The service and the fake, compared",
    "",
    `- Date: ${date.toISOString().slice(0, 10)}`,
    `- Region: ${region}`,
    `- Versions: acs-identity ${packageVersion}, core-rest-pipeline ${core}, Node.js ${process.versions.node}`,
    `- Cases: ${compared} compared, ${outcomes.length - compared} not run`,
    `- Differences: ${findings.length}`,
    `- ${newest}${verdictOnNewest(outcomes, findings)}`,
    `- Left at the resource: ${left}`,
    ...(stopped ? [`- Stopped: ${stopped}`] : []),
    "- No 429 was provoked, because that would disturb the resource.",
    "",
    "## Differences",
    "",
    ...(findings.length === 0 ? ["None."] : findings.flatMap(linesOf)),
    "",
    "## Cases",
    "",
    "| case | the fake | the service | |",
    "| --- | --- | --- | --- |",
    ...outcomes.map(
      ({ name, expected, seen, notRun, differences }) =>
        `| ${name} | ${expected} | ${seen} | ${notRun ?? (differences.length === 0 ? "same" : "different")} |`,
    ),
    "",
  ];
  return lines.join("\n");
}

/** Says whether the newest version can be the client's default. What the other versions show, too, isn't its fault. */
function verdictOnNewest(outcomes: readonly Outcome[], findings: readonly Finding[]): string {
  const isNewest = (name: string) => name.startsWith(newest);
  const own = findings.flatMap((finding) => (finding.cases.every(isNewest) ? finding.cases : []));
  const tried = outcomes.filter(({ name, notRun }) => isNewest(name) && notRun === undefined);
  const failed = tried.filter(({ name, expected, seen }) => expected !== seen || own.includes(name));
  const untried = cases.filter(({ name }) => isNewest(name) && !tried.some((each) => each.name === name));
  const list = (some: readonly { name: string }[]) =>
    some.map(({ name }) => name.slice(newest.length)).join("; ");
  if (failed.length > 0) return `it can't be the default, because of ${list(failed)}`;
  if (untried.length === 0) return "it can be the default";
  return `it can be the default, as far as it was tried. Not tried: ${list(untried)}`;
}

function linesOf({ aspect, expected, seen, decidedBy, cases }: Finding): string[] {
  const inline = (text: string) => text.replaceAll("\n", " ").slice(0, 500);
  return [
    `- **${aspect}**, decided by \`${decidedBy}\``,
    `  - the fake: ${inline(expected)}`,
    `  - the service: ${inline(seen)}`,
    `  - in: ${cases.join("; ")}`,
  ];
}
