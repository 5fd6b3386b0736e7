import type { StateEvent } from "../../testing/state/events.js";
import { NotSavedError } from "../../testing/state/notSavedError.js";
import type { ServiceState } from "../../testing/state/serviceState.js";
import type { LogEntry } from "../options.js";
import type { Journal } from "./journal.js";
import { retryWhileBusy, type Timer } from "./retryWhileBusy.js";

const patienceInMs = 5000;

/** The events of some changes, which are written together. */
class Batch {
  readonly events: StateEvent[] = [];
  readonly saved: Promise<void>;
  resolve: () => void = () => {};
  reject: (error: NotSavedError) => void = () => {};

  constructor() {
    this.saved = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Changes that the program makes itself don't wait.
    this.saved.catch(() => {});
  }
}

/**
 * Saves the changes of a state in a file. Changes run one at a time. Those that run during a write are written and
 * synced together after it, so that many requests share one sync. If a write fails, its changes are undone, and those
 * that ran after them, because they may depend on them.
 */
export class ChangeQueue {
  /** What is on disk. Reads use it, so they see no change that may still be undone. */
  readonly saved: ServiceState;
  readonly #state: ServiceState;
  readonly #path: string;
  readonly #journal: Journal;
  /** Returns the lines of a file that holds only this state. */
  readonly #linesOf: (state: ServiceState) => readonly object[];
  readonly #timer: Timer;
  readonly #log: (entry: LogEntry) => void;
  /** Ends with the latest change that was asked for. */
  #turn: Promise<unknown> = Promise.resolve();
  #isRunning = false;
  /** The events since the latest change ended. */
  #recorded: StateEvent[] = [];
  #writing: Batch | undefined;
  #waiting: Batch | undefined;
  #isClosed = false;

  constructor(
    path: string,
    state: ServiceState,
    journal: Journal,
    linesOf: (state: ServiceState) => readonly object[],
    timer: Timer,
    log: (entry: LogEntry) => void,
  ) {
    this.#path = path;
    this.#state = state;
    this.#journal = journal;
    this.#linesOf = linesOf;
    this.#timer = timer;
    this.#log = log;
    this.saved = state.copy();
    state.onEvent = (event) => {
      this.#recorded.push(event);
      // A program that holds the service can change it at any time, with several events at once. Only the log tells it
      // if that can't be saved.
      if (!this.#isRunning && this.#recorded.length === 1) queueMicrotask(() => this.#endOwnChange());
    };
  }

  /** Runs a change, and resolves once it is saved. @throws NotSavedError */
  async change<Result>(run: () => Result | Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw new NotSavedError(`Nothing was changed: ${this.#path} is closed`);
    let saved: Promise<void> | undefined;
    try {
      return await this.#exclusively(async () => {
        try {
          return await run();
        } finally {
          saved = this.#endChange();
        }
      });
    } finally {
      // A rejection waits, too: its reason may be a change that isn't saved yet.
      await saved;
    }
  }

  /** Saves what has been changed, and closes the file. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#exclusively(async () => {});
    this.#state.onEvent = undefined;
    await this.#endChange()?.catch(() => {});
    await this.#clean().catch(() => {});
    await this.#journal.close();
  }

  #exclusively<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(async () => {
      this.#isRunning = true;
      try {
        return await run();
      } finally {
        this.#isRunning = false;
      }
    });
    this.#turn = result.catch(() => {});
    return result;
  }

  #endOwnChange(): void {
    // A change that is running by now saves these events with its own.
    if (!this.#isRunning) this.#endChange();
  }

  /** Returns what resolves when everything up to now is saved. */
  #endChange(): Promise<void> | undefined {
    if (this.#recorded.length > 0) {
      this.#waiting ??= new Batch();
      for (const event of this.#recorded) this.#waiting.events.push(event);
      this.#recorded = [];
      if (!this.#writing) void this.#write();
    }
    return (this.#waiting ?? this.#writing)?.saved;
  }

  async #write(): Promise<void> {
    while (this.#waiting) {
      const batch = this.#waiting;
      [this.#writing, this.#waiting] = [batch, undefined];
      try {
        await this.#save(batch.events);
        this.#writing = undefined;
        batch.resolve();
      } catch (error) {
        await this.#clean().catch(() => {});
        // No change may be half done when the state is replaced.
        await this.#exclusively(async () => this.#undo(error as Error));
      }
    }
  }

  async #save(events: readonly StateEvent[]): Promise<void> {
    // After a crash, the file must contain all of a reset or restore, or nothing of it.
    const isReset = events.some(({ type }) => type === "stateReset");
    if (!isReset) {
      await this.#retry(() => this.#clean());
      await this.#retry(() => this.#journal.append(events));
      for (const event of events) this.saved.record(event);
      return;
    }
    const next = this.saved.copy();
    for (const event of events) next.record(event);
    const lines = this.#linesOf(next);
    await this.#retry(() => this.#journal.replace(lines));
    this.saved.adopt(next);
  }

  /** Replaces a file that may hold what was refused, so that a restart doesn't find it. */
  async #clean(): Promise<void> {
    if (this.#journal.isUnclean) await this.#journal.replace(this.#linesOf(this.saved));
  }

  #retry(operation: () => Promise<void>): Promise<void> {
    return retryWhileBusy(operation, patienceInMs, this.#timer);
  }

  #undo({ message }: Error): void {
    this.#state.adopt(this.saved.copy());
    const reason = `${this.#path} can't be written: ${message}`;
    const refusal = new NotSavedError(
      this.#journal.isUnclean
        ? `Nothing was changed, but a restart may find this change, unless a later one is saved before: ${reason}`
        : `Nothing was changed: ${reason}`,
    );
    this.#log({ level: "error", message: refusal.message });
    for (const batch of [this.#writing, this.#waiting]) batch?.reject(refusal);
    [this.#writing, this.#waiting] = [undefined, undefined];
  }
}
