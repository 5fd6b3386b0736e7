import { describe, expect, inject, it } from "vitest";
import { Lab } from "./lab.js";
import { startObserving } from "./observer.js";
import { type SubjectName, subjectNamed } from "./subjects.js";

/** One fault: what is done to the client, what the best behaviour is, and how to tell. */
export interface Row {
  /** `T31` as in the matrix of faults, `X1` for those beyond it. */
  readonly id: string;
  readonly injection: string;
  /** The best behaviour, as the predicate of a sentence about the client. */
  readonly bar: string;
  /** What is asked over undici instead, where it can't reach the bar, and why it can't. */
  readonly overUndici?: string;
  /** The row is wrong if it takes longer. */
  readonly limitMs?: number;
  /** Judges milliseconds, so that a busy machine can make it fail: it may run again. */
  readonly timed?: true;
  /** Injects the fault, and judges with `lab.must` and `lab.should`. The same code runs for every subject. */
  run(lab: Lab): Promise<void>;
}

export interface Verdict {
  /**
   * `partly`: the client did everything that the bar must have, but not all that it should have.
   * `apart`: nothing went over the transport that the subject is about, so the row says nothing about it.
   */
  readonly rating: "right" | "partly" | "wrong" | "apart";
  /** What was observed, in a few words. */
  readonly saw: string;
  /** What the bar asks for and the client did not do. */
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

/** Makes a test of each row for each subject. The official client's are a report and never fail. */
export function testRows(rows: readonly Row[], { skip = false }: { readonly skip?: boolean } = {}): void {
  startObserving();
  for (const subject of inject("subjects")) {
    describe.skipIf(skip)(subject, () => {
      for (const row of rows) {
        const bar = (subject === "ours over undici" && row.overUndici) || row.bar;
        const retry = { count: 2, condition: row.timed ? /./ : /still pending|timed out/ };
        it(`${row.id}: ${bar}, given ${row.injection}`, { timeout: row.limitMs ?? 15_000, retry }, async ({
          task,
        }) => {
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
