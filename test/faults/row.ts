import { describe, expect, inject, it } from "vitest";
import { timeLimit } from "../helpers/timeLimit.js";
import { Lab } from "./lab.js";
import { startObserving } from "./observer.js";
import { type SubjectName, subjectNamed } from "./subjects.js";

/** One fault: what is injected, what the best behavior is, and how to check it. */
export interface Row {
  /** `T31` for a row of the matrix of faults, `X1` for a row beyond it. */
  readonly id: string;
  readonly injection: string;
  /** The best behavior, as the predicate of a sentence about the client. */
  readonly bar: string;
  /** The bar over undici where it can't reach the usual one, and why it can't. */
  readonly overUndici?: string;
  /** The time limit of the row in the report, in milliseconds. Default: 15 000. */
  readonly reportLimitMs?: number;
  /** Injects the fault and checks the result with `lab.must`. Every subject runs the same code. */
  run(lab: Lab): Promise<void>;
}

export interface Verdict {
  /** `apart`: nothing was sent over the subject's transport, so the row says nothing about it. */
  readonly rating: "right" | "wrong" | "apart";
  /** What was observed, in a few words. */
  readonly saw: string;
  /** The labels of the checks that failed. */
  readonly missing: readonly string[];
}

declare module "vitest" {
  interface ProvidedContext {
    readonly subjects: readonly SubjectName[];
  }
  interface TaskMeta {
    verdict?: Verdict;
  }
}

/** Creates a test of each row for each subject. Those of the official client only report and never fail. */
export function testRows(rows: readonly Row[], { skip = false }: { readonly skip?: boolean } = {}): void {
  startObserving();
  for (const subject of inject("subjects")) {
    describe.skipIf(skip)(subject, () => {
      for (const row of rows) {
        const bar = (subject === "ours over undici" && row.overUndici) || row.bar;
        const timeout = subject === "official" ? (row.reportLimitMs ?? 15_000) : timeLimit;
        it(`${row.id}: ${bar}, given ${row.injection}`, { timeout }, async ({ task }) => {
          const lab = new Lab(await subjectNamed(subject));
          try {
            await row.run(lab);
          } catch (error) {
            lab.keep("row", error);
            lab.must(`the row ends (${String(error).slice(0, 120)})`, false);
          }
          const verdict = await lab.finish();
          task.meta.verdict = verdict;
          if (subject !== "official") expect(verdict.missing, verdict.saw).toEqual([]);
        });
      }
    });
  }
}
