// `npm run bench [-- --only stub,loopback]` compares this package with the official one, as npm installs them.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { sections } from "./rows.js";
import { columnsOf } from "./table.js";

const { values } = parseArgs({
  options: { only: { type: "string", default: Object.keys(sections).join() } },
});
const table: Record<string, object> = {};
for (const name of values.only.split(",")) {
  const measure = sections[name];
  if (!measure) throw new Error(`There is no section ${name}, only ${Object.keys(sections).join(", ")}.`);
  console.error(`${name}…`);
  for (const row of await measure()) table[row.what] = columnsOf(row);
}
console.table(table);
const seconds = Math.round(performance.now() / 1_000);
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${seconds} s`);
