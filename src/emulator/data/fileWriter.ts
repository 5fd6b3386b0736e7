import type { StateEvent } from "../../testing/state/events.js";
import { NotSavedError, type Writer } from "../../testing/state/store.js";
import type { Log } from "../options/log.js";
import type { Journal } from "./journal.js";
import { retryWhileBusy, type Timer } from "./retryWhileBusy.js";

const patienceInMs = 5000;

/**
 * Creates what saves the events of changes in a file.
 * @param linesWith - Returns the lines of a file that has what is saved and these events.
 */
export function fileWriter(
  path: string,
  journal: Journal,
  linesWith: (events: readonly StateEvent[]) => readonly object[],
  timer: Timer,
  log: Log,
): Writer & { close(): Promise<void> } {
  const write = async (events: readonly StateEvent[]): Promise<void> => {
    // After a crash, the file must contain all of a reset or restore, or nothing of it.
    if (events[0]?.type !== "stateReset" && !journal.isUnclean) {
      if (await journal.append(events)) return;
      const message = `${path}: another program deleted or changed this file. Everything is saved again`;
      log({ level: "warn", message });
    }
    await journal.replace(linesWith(events));
  };

  /** Replaces a file that may hold what was refused, so that a restart doesn't find it. */
  const clean = async (): Promise<void> => {
    if (journal.isUnclean) await journal.replace(linesWith([])).catch(() => {});
  };

  return {
    async save(events) {
      try {
        await retryWhileBusy(() => write(events), patienceInMs, timer);
      } catch (error) {
        await clean();
        const but = journal.isUnclean
          ? ", but a restart may find this change, unless a later one is saved before"
          : "";
        const message = `Nothing was changed${but}: ${path} can't be written: ${(error as Error).message}`;
        log({ level: "error", message });
        throw new NotSavedError(message);
      }
    },
    report(error) {
      // `save` has logged the errors of the class NotSavedError.
      if (!(error instanceof NotSavedError)) log({ level: "error", message: error.message });
    },
    async close() {
      await clean();
      await journal.close();
    },
  };
}

/** Creates a writer that refuses every change. */
export function closedWriter(path: string, log: Log): Writer {
  return {
    async save() {
      throw new NotSavedError(`Nothing was changed: ${path} is closed`);
    },
    report: ({ message }) => log({ level: "error", message }),
  };
}
