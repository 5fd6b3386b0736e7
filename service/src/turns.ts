import { Overload } from "./problem.js";

/** Requests that begin in one turn of the event loop. */
const mostPerTurn = 10;
const longestWaitInMs = 2_000;

/**
 * Lets requests begin a few at a time. If all that arrive together began together, everything else would wait for them,
 * such as health checks, and callers who don't pause would send the next ones at once.
 */
export function createTurns() {
  const waiting: { readonly since: number; begin(): void; refuse(error: Overload): void }[] = [];

  function next(): void {
    for (const { since, begin, refuse } of waiting.splice(0, mostPerTurn)) {
      if (performance.now() - since < longestWaitInMs) begin();
      else refuse(new Overload("event loop", 5));
    }
    if (waiting.length > 0) setImmediate(next);
  }

  return {
    /** Resolves when it is a request's turn. Rejects with an `Overload` if it has waited too long. */
    async wait(): Promise<void> {
      await new Promise<void>((begin, refuse) => {
        waiting.push({ since: performance.now(), begin, refuse });
        if (waiting.length === 1) setImmediate(next);
      });
    },
  };
}
