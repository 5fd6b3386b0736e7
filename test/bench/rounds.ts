import { startWorker } from "./processes.js";
import type { Row } from "./rows.js";
import { median, type Ratio, ratioOf } from "./statistics.js";
import type { SubjectName } from "./subjects.js";
import type { Measurement, Scenario } from "./worker.js";

export type Measured = Partial<Record<SubjectName, Measurement[]>>;

/** How often processes are started, since one may be faster than another of the same program all its life. */
export interface Repetition {
  readonly processes: number;
  readonly rounds: number;
}

/** Measures each subject in turn, round after round: ours, theirs, ours, theirs. */
export async function measureInTurns(
  subjects: readonly SubjectName[],
  repetition: Repetition,
  scenario: Omit<Scenario, "subject">,
): Promise<Measured> {
  const lists = await measureScenarios(
    subjects.map((subject) => ({ ...scenario, subject })),
    repetition,
  );
  return Object.fromEntries(subjects.map((subject, index) => [subject, lists[index]]));
}

/** One list of measurements per scenario. */
export async function measureScenarios(
  scenarios: readonly Scenario[],
  { processes, rounds }: Repetition,
): Promise<Measurement[][]> {
  const lists: Measurement[][] = scenarios.map(() => []);
  for (let generation = 0; generation < processes; generation++) {
    const workers = [];
    for (const scenario of scenarios) workers.push(await startWorker(scenario));
    for (let round = 0; round < rounds; round++) {
      for (const [index, worker] of workers.entries()) lists[index]?.push(await worker.measure());
    }
    for (const worker of workers) worker.stop();
  }
  return lists;
}

/** The row of one quantity of what was measured. */
export function rowOf(
  head: Pick<Row, "section" | "what" | "unit" | "budget">,
  measured: Measured,
  quantity: (measurement: Measurement) => number,
): Row {
  const lists = Object.entries(measured).map(
    ([subject, list]) => [subject as SubjectName, list.map(quantity)] as const,
  );
  return rowOfLists(head, lists);
}

export function rowOfLists(
  head: Pick<Row, "section" | "what" | "unit" | "budget">,
  lists: readonly (readonly [SubjectName, readonly number[]])[],
): Row {
  const official = lists.find(([subject]) => subject === "official")?.[1] ?? [];
  const values: Partial<Record<SubjectName, number>> = {};
  const ratios: Partial<Record<SubjectName, Ratio>> = {};
  for (const [subject, list] of lists) {
    values[subject] = median(list);
    if (subject !== "official") ratios[subject] = ratioOf(list, official);
  }
  return { ...head, values, ratios };
}
