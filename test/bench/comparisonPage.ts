// The table and the chart of docs/comparison.md. The bench writes the columns of the Node.js version that it ran on, and
// draws the chart from the table.
import { chartStyle } from "../../tools/drawings/chartStyle.js";
import { svgStart } from "../../tools/drawings/drawing.js";
import { medianOf, type Row, ratiosOf } from "./table.js";

type Cell = (row: Row, subject: "official" | "ours") => string;

const median = ({ values }: Row, subject: string) => medianOf(values[subject] ?? []);

/** The share of the official package's value, whose own share is 1. */
const share: Cell = ({ values: { official = [], ours = [] } }, subject) =>
  subject === "official" ? "1" : medianOf(ratiosOf(ours, official)).toFixed(2);
const kilobytes: Cell = (row, subject) => `${(median(row, subject) / 1000).toFixed(1)} KB`;
const milliseconds: Cell = (row, subject) => `${Math.round(median(row, subject))} ms`;
const megabytes: Cell = (row, subject) => `${median(row, subject).toFixed(1)} MB`;

/** The lines of the table, and what the bench calls each of them. */
const lines: readonly (readonly [line: string, what: string, cell: Cell])[] = [
  ["processor time per `getToken`, with an instant response", "getToken: CPU per call", share],
  ["the same over loopback (http), 16 calls in flight", "loopback, 16 in flight: CPU per call", share],
  ["memory allocated per `getToken`", "getToken: allocated per call", kilobytes],
  ["import in Node", "import in Node", milliseconds],
  [
    "cold start to the first token, bundled by esbuild",
    "cold start to the first token, bundled by esbuild",
    share,
  ],
  ["browser bundle of the client, minified and gzip", "browser bundle, minified and gzip", kilobytes],
  ["the same, with `@azure/communication-rooms`", "the same, with communication-rooms", kilobytes],
  ["installed, with dependencies", "installed, with dependencies", megabytes],
];

const cellsOf = (line: string) =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

/** Returns the lines of the page's table, the first of which names the columns. */
function tableOf(page: string): string[][] {
  return page
    .split("\n")
    .filter((line) => line.startsWith("| ") && cellsOf(line).length === 5)
    .map(cellsOf);
}

/** Returns the page with what was measured on a version of Node.js, such as 24. */
export function withMeasured(page: string, rows: readonly Row[], nodeVersion: number): string {
  const [columns = []] = tableOf(page);
  const [official, ours] = (["official", "ours"] as const).map((subject) =>
    columns.indexOf(`${subject}, Node ${nodeVersion}`),
  );
  if (official === undefined || ours === undefined || official < 0 || ours < 0) return page;
  const count = rows.find(({ what }) => what === "packages installed");
  return page
    .split("\n")
    .map((text) => {
      const cells = cellsOf(text);
      const [, what, cell] = lines.find(([line]) => line === cells[0]) ?? [];
      const row = rows.find((each) => each.what === what);
      if (!row || !cell) return text;
      const written = (subject: "official" | "ours") => {
        const packages = cell === megabytes && count ? `, ${median(count, subject)} packages` : "";
        return cell(row, subject) + packages;
      };
      cells[official] = written("official");
      cells[ours] = written("ours");
      return `| ${cells.join(" | ")} |`;
    })
    .join("\n");
}

interface Ratio {
  readonly what: string;
  /** By the version of Node.js. */
  readonly values: readonly (readonly [node: string, ratio: number])[];
}

/** Returns ours as a share of the official package's value, for each line of the page's table. */
function ratiosIn(page: string): Ratio[] {
  const [columns = [], ...table] = tableOf(page);
  return table.map(([what = "", ...cells]) => {
    const numbers = cells.map((cell) => Number.parseFloat(cell));
    return {
      what: what.replaceAll("`", ""),
      values: [0, 2].map((index) => [
        (columns[index + 2] ?? "").replace("ours, ", ""),
        (numbers[index + 1] ?? Number.NaN) / (numbers[index] ?? Number.NaN),
      ]),
    };
  });
}

const width = 480;
const margin = 16;
const groupHeight = 66;
/** The highest ratio that has room. */
const longest = 1.85;

/** Draws the ratios of the page's table as bars, which end at 1 where both packages cost the same. */
export function comparisonChart(page: string): string {
  const ratios = ratiosIn(page);
  const [top, bottom] = [40, 36 + ratios.length * groupHeight];
  const x = (ratio: number) => Number((margin + (ratio / longest) * (width - 2 * margin)).toFixed(1));
  const groups = ratios.map(({ what, values }, index) => {
    const y = top + 18 + index * groupHeight;
    const bars = values.map(([node, ratio], bar) => {
      const barTop = y + 8 + bar * 17;
      return `<rect class="${bar === 0 ? "token" : "bar"}" x="${margin}" y="${barTop}" width="${(x(ratio) - margin).toFixed(1)}" height="13" rx="2"/><text class="muted" x="${Math.max(x(ratio), x(1)) + 6}" y="${barTop + 12}">${ratio.toFixed(2)} ${node}</text>`;
    });
    const official = `<path class="line" d="M${x(1)} ${y + 5}v38"/>`;
    return [`<text x="${margin}" y="${y}">${what}</text>`, ...bars, official].join("\n");
  });
  const description = `What ours costs as a share of what the official package costs, in ${ratios.length} ways. The table on its page has the numbers.`;
  return `${svgStart(width, bottom + 12, "acs-identity beside the official package", description)}
${chartStyle}
<rect class="ground" width="${width}" height="${bottom + 12}"/>
<text class="title" x="${margin}" y="24">Less is better. The line is the official package.</text>
${groups.join("\n")}
</svg>
`;
}
