// The matrix of faults: every row on the official client, on ours, and on ours over undici. `--help` lists the options.
import { parseArgs } from "node:util";
import { runTasks, type TaskResult } from "./lanes.js";
import { platformOf } from "./platform.js";
import type { SubjectName } from "./row.js";
import { rowNamed, rows } from "./rows/index.js";
import { columns, describeVersions, isFault, printTable, summaryOf } from "./table.js";

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    only: { type: "string" },
    subject: { type: "string" },
    failing: { type: "boolean", default: false },
    lanes: { type: "string", default: "4" },
    node: { type: "string" },
  },
});

const help = `npm run faults -- [options]
  --only T31,X2       these rows
  --subject ours      official, ours, undici (ours over undici), or some of them: ours,undici; all by default
  --failing           print only rows in which ours is not right
  --json              print the results as JSON
  --node 22           on this Node of test/runtimes, with the core packages that npm installs there
  --lanes 4           how many processes run rows at a time`;

function subjectsOf(names: string | undefined): SubjectName[] {
  const all = [...columns.keys()];
  const unknown = names?.split(",").find((name) => !all.some((subject) => subject === name));
  if (unknown !== undefined) throw new Error(`--subject is one of ${all.join(", ")}, not ${unknown}`);
  return all.filter((subject) => names === undefined || names.split(",").includes(subject));
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
  const platform = await platformOf(values.node);
  const { versions, results } = await runTasks(tasks, rowNamed, Number(values.lanes), platform);
  if (values.json) console.log(JSON.stringify({ versions, results: orderedBy(ids, results) }, undefined, 2));
  else {
    printTable(ids, results, values.failing);
    if (versions) console.log(describeVersions(versions));
    console.log(`${summaryOf(subjects, results)} (${Math.round((performance.now() - start) / 1000)} s)`);
  }
  process.exitCode = results.some(isFault) ? 1 : 0;
}

function orderedBy(ids: readonly string[], results: readonly TaskResult[]): TaskResult[] {
  return [...results].sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
}

await main();
