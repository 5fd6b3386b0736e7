// Measures scenarios in separate processes.
import { execFileSync } from "node:child_process";
import type { Scenario, SubjectName } from "./calls.js";
import { installBoth } from "./install.js";
import type { Row } from "./table.js";
import type { Measurement } from "./worker.js";

export const installed: Awaited<ReturnType<typeof installBoth>> = await installBoth();

/** Runs Node until it exits, and returns its standard output. */
export function node(cwd: string, ...args: readonly string[]): string {
  return execFileSync(process.execPath, args, { cwd, encoding: "utf8" });
}

export interface Column extends Omit<Row, "values"> {
  readonly of: (measurement: Measurement) => number;
}

/** Measures the subjects in turn in each round, so that other load on the machine affects all of them. */
export function rowsOf(
  scenario: Scenario,
  subjects: readonly SubjectName[],
  rounds: number,
  columns: readonly Column[],
  flags: readonly string[] = [],
): Row[] {
  const measured = subjects.map(() => [] as Measurement[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      const { folder } = subject === "official" ? installed.official : installed.ours;
      const worker = ["--import", import.meta.resolve("tsx"), "worker.ts", subject, JSON.stringify(scenario)];
      measured[index]?.push(JSON.parse(node(folder, ...flags, ...worker)));
    }
  }
  return columns.map(({ of, ...row }) => ({
    ...row,
    values: Object.fromEntries(subjects.map((subject, index) => [subject, measured[index]?.map(of) ?? []])),
  }));
}
