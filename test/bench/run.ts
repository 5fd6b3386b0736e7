// `npm run bench [-- --only stub,loopback]` compares this package with the official one, as npm installs them. Without
// `--only`, it writes what it measured into docs/comparison.md, and draws its chart.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { drawingPath } from "../../tools/drawings/drawing.js";
import { comparisonChart, withMeasured } from "./comparisonPage.js";
import { sections } from "./rows.js";
import { columnsOf, type Row } from "./table.js";

const { values } = parseArgs({ options: { only: { type: "string" } } });
const rows: Row[] = [];
for (const name of values.only?.split(",") ?? Object.keys(sections)) {
  const measure = sections[name];
  if (!measure) throw new Error(`There is no section ${name}, only ${Object.keys(sections).join(", ")}.`);
  console.error(`${name}…`);
  rows.push(...(await measure()));
}
console.table(Object.fromEntries(rows.map((row) => [row.what, columnsOf(row)])));
const seconds = Math.round(performance.now() / 1_000);
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${seconds} s`);

if (values.only === undefined) {
  const page = withMeasured(
    readFileSync("docs/comparison.md", "utf8"),
    rows,
    Number.parseInt(process.versions.node, 10),
  );
  writeFileSync("docs/comparison.md", page);
  writeFileSync(drawingPath("comparison"), comparisonChart(page));
}
