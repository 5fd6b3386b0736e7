import type { Lab } from "./lab.js";

/** `undici` is our client over the transport of `acs-identity/undici`. */
export type SubjectName = "official" | "ours" | "undici";

/** One fault: what is done to the client, what the best behaviour is, and how to tell. */
export interface Row {
  /** `T31` as in the matrix of faults, `X1` for those beyond it. */
  readonly id: string;
  readonly injection: string;
  /** The best behaviour. */
  readonly bar: string;
  /** Where undici can't reach the bar: why, and what the row asks of it instead. */
  readonly overUndici?: string;
  /** After this the worker process is ended and the row is wrong. */
  readonly limitMs?: number;
  /** Runs in a process of its own: it changes globals, or measures the memory of the process. */
  readonly fresh?: true;
  /** Judges milliseconds: when it is not right, it is run once more with little beside it. */
  readonly timed?: true;
  /** Does the injection, and judges by `lab.must` and `lab.should`. The same code for every subject. */
  run(lab: Lab): Promise<void>;
}

/**
 * `partly`: everything that the bar must have was there, and something that it should have was not.
 * `apart`: nothing went over the transport that the subject is about, so that the row tells nothing of it.
 */
export type Rating = "right" | "partly" | "wrong" | "apart";

export interface Verdict {
  readonly rating: Rating;
  /** What was observed, in a few words. */
  readonly saw: string;
}

/** What a worker process answers to a task. Before its first one it says what it runs on. */
export interface RowReport extends Verdict {
  /** A call did not end in time, which a busy machine may have caused: the row is run once more. */
  readonly late: boolean;
  /** The process is no place for another row: something in it still hangs or leaks. */
  readonly spoilt: boolean;
}

export interface Task {
  readonly id: string;
  readonly subject: SubjectName;
}
