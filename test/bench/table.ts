/** What was measured of each subject, round by round. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** The most that ours, and ours over undici, may be as a share of the official package. */
  readonly budget?: number | undefined;
  readonly undiciBudget?: number | undefined;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The median of the ratios of each round, the lowest and the highest, and whether the budget holds. */
export function judge(values: readonly number[], official: readonly number[], budget?: number): string {
  const ratios = values.map((value, round) => value / (official[round] ?? Number.NaN));
  const ratio = medianOf(ratios);
  const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const verdict = budget ? `, ${ratio <= budget ? "within" : "OVER"} ${budget.toFixed(2)}` : "";
  return `${ratio.toFixed(2)}${ratios.length > 1 ? ` (${spread})` : ""}${verdict}`;
}

/** The median of each subject, and the shares of the official package, for `console.table`. */
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
