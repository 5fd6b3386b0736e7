import type { SubjectName } from "./subjects.js";

/** The most that a subject may cost, as a share of what the official package costs in the same run. */
export interface Budget {
  readonly subject: SubjectName;
  readonly ratio: number;
}

export const budgets: Readonly<
  Record<"stub" | "loopback" | "loopbackOverUndici" | "bundle" | "import" | "installed", Budget>
> = {
  stub: { subject: "ours", ratio: 0.4 },
  loopback: { subject: "ours", ratio: 0.65 },
  loopbackOverUndici: { subject: "ours over undici", ratio: 0.33 },
  bundle: { subject: "ours", ratio: 0.55 },
  import: { subject: "ours", ratio: 0.9 },
  installed: { subject: "ours", ratio: 0.7 },
};
