// The matrix of faults: every row on our client and on the official one. `--help` lists the options.
import { parseArgs } from "node:util";
import { runTasks, type TaskResult } from "./lanes.js";
import type { SubjectName } from "./row.js";
import { rowNamed, rows } from "./rows/index.js";
import { printTable, summaryOf } from "./table.js";

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    only: { type: "string" },
    subject: { type: "string" },
    failing: { type: "boolean", default: false },
    lanes: { type: "string", default: "4" },
  },
});

const help = `npm run faults -- [options]
  --only T31,X2       these rows
  --subject ours      or official; both by default
  --failing           print only rows in which ours is not right
  --json              print the results as JSON
  --lanes 4           how many processes run rows at a time`;

function subjectsOf(name: string | undefined): SubjectName[] {
  if (name === undefined) return ["official", "ours"];
  if (name === "ours" || name === "official") return [name];
  throw new Error(`--subject is ours or official, not ${name}`);
}

async function main(): Promise<void> {
  if (values.help) {
    console.log(help);
    return;
  }
  const ids = values.only?.split(",") ?? rows.map(({ id }) => id);
  const subjects = subjectsOf(values.subject);
  // The long ones first, so that no lane waits alone at the end.
  const tasks = ids
    .map(rowNamed)
    .sort((one, other) => (other.limitMs ?? 0) - (one.limitMs ?? 0))
    .flatMap(({ id }) => subjects.map((subject) => ({ id, subject })));
  const start = performance.now();
  const results = await runTasks(tasks, rowNamed, Number(values.lanes));
  const wrong = results.some(({ subject, rating }) => subject === "ours" && rating !== "right");
  if (values.json) console.log(JSON.stringify(orderedBy(ids, results), undefined, 2));
  else {
    printTable(ids, results, values.failing);
    console.log(`${summaryOf(subjects, results)} (${Math.round((performance.now() - start) / 1000)} s)`);
  }
  process.exitCode = wrong ? 1 : 0;
}

function orderedBy(ids: readonly string[], results: readonly TaskResult[]): TaskResult[] {
  return [...results].sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
}

await main();
