import { usePage } from "../pageContext.js";
import { type ProblemBox, useProblem } from "./problem.js";

/** Changes something, and reports it with this text. */
export type Change = <Result>(
  action: () => Promise<Result>,
  text: string | ((result: Result) => string),
) => Promise<void>;

/** @param read - Reads what a change may have changed here, before the lists are read again. */
export function useChanges(read?: () => Promise<void>): ProblemBox & { readonly change: Change } {
  const { emulator, report } = usePage();
  const problem = useProblem();
  const change: Change = async (action, text) => {
    let said = "";
    const done = await problem.attempt(async () => {
      const result = await action();
      said = typeof text === "string" ? text : text(result);
      await read?.();
    });
    await (done ? report(said) : emulator.refresh());
  };
  return { ...problem, change };
}
