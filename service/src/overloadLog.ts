import type { Log } from "./log.js";
import type { Overload } from "./problem.js";

const intervalInMs = 1_000;

export type OverloadLog = ReturnType<typeof createOverloadLog>;

/** Logs at most once a second how many requests were refused, and for what: a line for each would be one more load. */
export function createOverloadLog(log: Log) {
  const refused = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (refused.size === 0) return;
    log.warn({ code: "busy", refused: Object.fromEntries(refused) }, "The service is at its limit");
    refused.clear();
  }

  return {
    note({ what }: Overload): void {
      refused.set(what, (refused.get(what) ?? 0) + 1);
      timer ??= setTimeout(flush, intervalInMs);
    },
    /** Logs what is left. */
    flush,
  };
}
