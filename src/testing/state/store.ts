import type { StateEvent } from "./events.js";
import { ServiceState } from "./serviceState.js";

/** A change that could not be saved. It isn't in effect. The message names the file and the reason. */
export class NotSavedError extends Error {
  override readonly name = "NotSavedError";
}

/** Collects the events of a change. They take effect together, once they are saved. */
export class Draft {
  readonly events: StateEvent[] = [];
  nextUser: number;
  nextToken: number;
  /** Runs when the events take effect, for what isn't part of the state: the clock, faults and logged requests. */
  afterwards: () => void = () => {};

  constructor({ nextUser, nextToken }: ServiceState) {
    this.nextUser = nextUser;
    this.nextToken = nextToken;
  }

  /** @throws NotSavedError if a restart couldn't read the event's number or the one after it. */
  add(event: StateEvent): void {
    if (event.type === "stateReset") {
      this.nextUser = event.nextUser;
      this.nextToken = event.nextToken;
    }
    if (event.type === "userCreated") this.nextUser = Math.max(this.nextUser, numberAfter(event.user));
    if (event.type === "tokenIssued") this.nextToken = Math.max(this.nextToken, numberAfter(event.token));
    this.events.push(event);
  }
}

function numberAfter(number: number): number {
  if (number < Number.MAX_SAFE_INTEGER) return number + 1;
  throw new NotSavedError(
    "Nothing was changed: there is no higher number. Restore a snapshot with lower ones",
  );
}

/** Reads the state and adds events to the draft, or throws to refuse the change. */
export type Decision<Result> = (draft: Draft) => Result;

/** Keeps events where a restart finds them. */
export interface Writer {
  /** @throws NotSavedError if none of them is saved. */
  save(events: readonly StateEvent[]): Promise<void>;
  /** Reports a change that nobody waits for. */
  report(error: Error): void;
}

/** Holds the state. Changes run one after another: each is decided, saved and then applied, so nothing is undone. */
export class Store {
  readonly state: ServiceState = new ServiceState();
  /** Absent in memory, where a change has happened when `change` returns. */
  writer: Writer | undefined;
  /** The latest change. Absent if all changes have ended. */
  #latest: Promise<unknown> | undefined;
  #ofProgram: Promise<unknown> | undefined;

  /** Resolves once the change is saved and applied. Rejects with what the decision throws, or with a NotSavedError. */
  change<Result>(decide: Decision<Result>): Promise<Result> {
    const run = async () => {
      const [draft, result] = this.#begin(decide);
      await this.#end(draft);
      return result;
    };
    return this.#hold(this.#latest ? this.#latest.then(run) : run());
  }

  /**
   * Makes a change for a program that doesn't wait for it. Without a data file the change has been made when this returns.
   * @throws what the decision throws, unless an earlier change isn't saved yet. The writer then reports it.
   */
  changeSoon(decide: Decision<unknown>): void {
    const change = this.#latest ? this.change(decide) : this.#changeNow(decide);
    this.#ofProgram = change?.catch((error) => this.writer?.report(error));
  }

  /** Resolves when the changes of `changeSoon` have ended. */
  async settled(): Promise<void> {
    await this.#ofProgram;
  }

  #changeNow(decide: Decision<unknown>): Promise<void> | undefined {
    const [draft] = this.#begin(decide);
    const ending = this.#end(draft);
    return ending && this.#hold(ending);
  }

  #begin<Result>(decide: Decision<Result>): [Draft, Result] {
    const draft = new Draft(this.state);
    return [draft, decide(draft)];
  }

  #end(draft: Draft): Promise<void> | undefined {
    const apply = () => {
      for (const event of draft.events) this.state.apply(event);
      draft.afterwards();
    };
    if (this.writer && draft.events.length > 0) return this.writer.save(draft.events).then(apply);
    apply();
    return undefined;
  }

  #hold<Result>(change: Promise<Result>): Promise<Result> {
    if (!this.writer) return change;
    const ended = change
      .catch(() => {})
      .then(() => {
        if (this.#latest === ended) this.#latest = undefined;
      });
    this.#latest = ended;
    return change;
  }
}
