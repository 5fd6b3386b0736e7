import type { Budget } from "./budgets.js";
import type { Ratio } from "./statistics.js";
import type { SubjectName } from "./subjects.js";

/** A measure of several subjects; the ratios are to the official package. */
export interface Row {
  readonly section: string;
  readonly what: string;
  readonly unit: "µs" | "calls/s" | "bytes" | "ms" | "MB" | "packages";
  readonly values: Partial<Record<SubjectName, number>>;
  readonly ratios: Partial<Record<SubjectName, Ratio>>;
  /** The most that the ratio of a subject may be. */
  readonly budget?: Budget;
}

/** Whether a budget holds; undefined when the row has none or was not measured. */
export function isWithinBudget({ budget, ratios }: Row): boolean | undefined {
  const ratio = budget && ratios[budget.subject];
  return ratio && ratio.median <= budget.ratio;
}
