/** What was measured, with the value of each round for each subject. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** The maximum for ours, as a fraction of the official package's value. */
  readonly budget?: number | undefined;
  /** The same for ours over undici. */
  readonly undiciBudget?: number | undefined;
}

export function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Returns the ratio of each round. */
export function ratiosOf(values: readonly number[], official: readonly number[]): number[] {
  return values.map((value, round) => value / (official[round] ?? Number.NaN));
}

/** Returns the median of the rounds' ratios, the lowest and highest ratio, and whether the median is in budget. */
export function judge(values: readonly number[], official: readonly number[], budget?: number): string {
  const ratios = ratiosOf(values, official);
  const ratio = medianOf(ratios);
  const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const verdict = budget ? `, ${ratio <= budget ? "within" : "OVER"} ${budget.toFixed(2)}` : "";
  return `${ratio.toFixed(2)}${ratios.length > 1 ? ` (${spread})` : ""}${verdict}`;
}

/** Returns the median of each subject and the ratios to the official package, for `console.table`. */
export function columnsOf({ unit, values, budget, undiciBudget }: Row): Record<string, string | number> {
  const { official, ours, "ours over undici": undici } = values;
  const medians = Object.entries(values).map(([subject, all]) => [
    subject,
    Number(medianOf(all).toPrecision(3)),
  ]);
  return {
    unit,
    ...Object.fromEntries(medians),
    ...(official && ours && { "ours / official": judge(ours, official, budget) }),
    ...(official && undici && { "undici / official": judge(undici, official, undiciBudget) }),
  };
}
