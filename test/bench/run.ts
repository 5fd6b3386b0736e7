// `npm run bench [-- --only stub,loopback]` compares this package with the official one, as npm installs them.
// `npm run bench -- --beside DIR…` compares it with other checkouts, too, each of which needs its `dist`.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { measureBeside } from "./beside.js";
import { columnsOf, judge, type Row } from "./table.js";

const { values, positionals } = parseArgs({
  options: { only: { type: "string" }, beside: { type: "boolean", default: false } },
  allowPositionals: true,
});
if (values.beside) print(await measureBeside(positionals), besideOfficial);
else {
  const { sections } = await import("./rows.js");
  const rows: Row[] = [];
  for (const name of values.only?.split(",") ?? Object.keys(sections)) {
    const measure = sections[name];
    if (!measure) throw new Error(`There is no section ${name}, only ${Object.keys(sections).join(", ")}.`);
    console.error(`${name}…`);
    rows.push(...(await measure()));
  }
  print(rows, columnsOf);
}

/** Returns each checkout's fraction of what the official package takes. */
function besideOfficial({ values: { official = [], ...others } }: Row): object {
  return Object.fromEntries(Object.entries(others).map(([name, each]) => [name, judge(each, official)]));
}

function print(rows: readonly Row[], columns: (row: Row) => object): void {
  console.table(Object.fromEntries(rows.map((row) => [row.what, columns(row)])));
  const seconds = Math.round(performance.now() / 1_000);
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${seconds} s`);
}
