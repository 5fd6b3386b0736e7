import { usePage } from "./pageContext.js";
import { type ProblemBox, useProblem } from "./problem.js";

/** Changes something, reads everything again and reports the change. */
export type Change = (action: () => Promise<unknown>, text: string | (() => string)) => Promise<void>;

export function useChanges(): ProblemBox & { readonly change: Change } {
  const { emulator, report } = usePage();
  const problem = useProblem();
  const change: Change = async (action, text) => {
    const done = await problem.attempt(action);
    await emulator.refresh();
    if (done) report(typeof text === "string" ? text : text());
  };
  return { ...problem, change };
}
