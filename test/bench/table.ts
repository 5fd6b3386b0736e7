import { isWithinBudget, type Row } from "./rows.js";
import type { Ratio } from "./statistics.js";
import type { SubjectName } from "./subjects.js";

const subjects: readonly (readonly [SubjectName, string])[] = [
  ["official", "official"],
  ["ours", "ours"],
  ["ours over undici", "ours, undici"],
  ["floor on node:http", "floor http"],
  ["floor on undici", "floor undici"],
];
const header = [
  "",
  "unit",
  ...subjects.map(([, title]) => title),
  "ratio (middle half)",
  "undici",
  "budget",
  "",
];

/** One table, a section after the other. */
export function formatTable(rows: readonly Row[]): string {
  const lines: string[][] = [header];
  let section = "";
  for (const row of rows) {
    if (row.section !== section) lines.push([row.section]);
    section = row.section;
    lines.push([
      `  ${row.what}`,
      row.unit,
      ...subjects.map(([name]) => formatNumber(row.values[name])),
      formatRatio(row.ratios.ours),
      formatRatio(row.ratios["ours over undici"]),
      row.budget ? row.budget.ratio.toFixed(2) : "",
      verdictOf(row),
    ]);
  }
  const widths = header.map((_, column) =>
    Math.max(...lines.filter(({ length }) => length > 1).map((line) => (line[column] ?? "").length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => pad(cell, widths[column] ?? 0, column < 2))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function verdictOf(row: Row): string {
  const holds = isWithinBudget(row);
  return holds === undefined ? "" : holds ? "ok" : "over";
}

function formatRatio(ratio: Ratio | undefined): string {
  if (!ratio) return "";
  const { median, low, high } = ratio;
  return low === high ? median.toFixed(2) : `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

function formatNumber(value: number | undefined): string {
  if (value === undefined) return "";
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 1 : 0 });
}

function pad(cell: string, width: number, isText: boolean): string {
  return isText ? cell.padEnd(width) : cell.padStart(width);
}
