import type { SubjectName } from "./worker.js";

/** What was measured of each subject, round by round. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** The most that ours, and ours over undici, may be as a share of the official package. */
  readonly budget?: number | undefined;
  readonly undiciBudget?: number | undefined;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The median of the ratios of each round, the lowest and the highest, and whether the budget holds. */
export function judge(values: readonly number[], official: readonly number[], budget?: number): string {
  const ratios = values.map((value, round) => value / (official[round] ?? Number.NaN));
  const ratio = medianOf(ratios);
  const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const verdict = budget ? `, ${ratio <= budget ? "within" : "OVER"} ${budget.toFixed(2)}` : "";
  return `${ratio.toFixed(2)}${ratios.length > 1 ? ` (${spread})` : ""}${verdict}`;
}

const subjects: readonly SubjectName[] = ["official", "ours", "ours over undici"];

/** A table in Markdown. */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map(({ what, unit, values, budget, undiciBudget }) => [
    what,
    unit,
    ...subjects.map((subject) => (values[subject] ? format(medianOf(values[subject])) : "")),
    values.official && values.ours ? judge(values.ours, values.official, budget) : "",
    values.official && values["ours over undici"]
      ? judge(values["ours over undici"], values.official, undiciBudget)
      : "",
  ]);
  const head = ["", "unit", ...subjects, "ours / official", "undici / official"];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...cells].map((row) => row[column]?.length ?? 0)),
  );
  return [head, widths.map((width) => "-".repeat(width)), ...cells]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`)
    .join("\n");
}

function format(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 1 : 0 });
}
