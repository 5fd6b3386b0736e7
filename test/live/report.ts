import { packageVersion } from "../../src/pipeline/version.js";
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

/** Returns the table of the cases, for the terminal. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const width = Math.max(...outcomes.map(({ name }) => name.length));
  return outcomes
    .map((outcome) =>
      `${verdictOf(outcome).padEnd(9)}  ${outcome.name.padEnd(width)}  ${detailOf(outcome)}`.trimEnd(),
    )
    .join("\n");
}

/** Returns live-report.md. */
export function reportOf(
  outcomes: readonly Outcome[],
  findings: readonly Finding[],
  context: ReportContext,
): string {
  const compared = outcomes.filter(({ notRun }) => notRun === undefined);
  const lines = [
    "# The service and the fake, compared",
    "",
    `- Date: ${context.date.toISOString().slice(0, 10)}`,
    `- Region: ${context.region ?? "unknown"}`,
    `- Versions: acs-identity ${packageVersion}, core-rest-pipeline ${context.core}, Node.js ${process.versions.node}`,
    `- Cases: ${compared.length} compared, ${outcomes.length - compared.length} not run`,
    `- Differences: ${findings.length}`,
    `- Left at the resource: ${context.left}`,
    ...(context.stopped ? [`- Stopped: ${context.stopped}`] : []),
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
    ...outcomes.map((outcome) =>
      row([outcome.name, outcome.expected, outcome.seen, outcome.notRun ?? verdictOf(outcome)]),
    ),
    "",
  ];
  return lines.join("\n");
}

function linesOf({ aspect, expected, seen, decidedBy, cases }: Finding): string[] {
  return [
    `- **${aspect}**, decided by \`${decidedBy}\``,
    `  - the fake: ${inline(expected)}`,
    `  - the service: ${inline(seen)}`,
    `  - in: ${cases.join("; ")}`,
  ];
}

function verdictOf({ notRun, differences }: Outcome): string {
  if (notRun !== undefined) return "not run";
  return differences.length === 0 ? "same" : "different";
}

function detailOf({ notRun, differences }: Outcome): string {
  return (
    notRun ?? differences.map(({ aspect, expected, seen }) => `${aspect}: ${expected} → ${seen}`).join("; ")
  );
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

function inline(text: string): string {
  return text.replaceAll("\n", " ").slice(0, 500);
}
