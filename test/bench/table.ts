import type { SubjectName } from "./worker.js";

/** A measure of the subjects, round by round. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly values: Partial<Readonly<Record<SubjectName, readonly number[]>>>;
  /** The most that ours may cost, as a share of the official package. */
  readonly budget?: number | undefined;
  /** The same for ours over undici. */
  readonly undiciBudget?: number | undefined;
}

function middle(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The median of the ratios of each round and how far they lie apart, with what it may be. */
export function judge(
  values: readonly number[] = [],
  official: readonly number[] = [],
  budget?: number,
): string {
  const ratios = values.map((value, round) => value / (official[round] ?? Number.NaN));
  if (ratios.length === 0) return "";
  const ratio = middle(ratios);
  const spread =
    ratios.length > 1 ? ` (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})` : "";
  const verdict = budget === undefined ? "" : `, ${ratio <= budget ? "within" : "OVER"} ${budget.toFixed(2)}`;
  return `${ratio.toFixed(2)}${spread}${verdict}`;
}

/** A table in Markdown. */
export function formatTable(rows: readonly Row[]): string {
  const head = ["", "unit", "official", "ours", "ours over undici", "ours / official", "undici / official"];
  const cells = rows.map(({ what, unit, values, budget, undiciBudget }) => {
    const { official, ours, "ours over undici": undici } = values;
    const medians = [official, ours, undici].map((list) => (list ? shorten(middle(list)) : ""));
    const ratios = official
      ? [judge(ours, official, budget), judge(undici, official, undiciBudget)]
      : ["", ""];
    return [what, unit, ...medians, ...ratios];
  });
  const widths = head.map((_, column) =>
    Math.max(...[head, ...cells].map((row) => row[column]?.length ?? 0)),
  );
  return [head, widths.map((width) => "-".repeat(width)), ...cells]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`)
    .join("\n");
}

function shorten(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 1 : 0 });
}
