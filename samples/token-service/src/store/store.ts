/** Whoever signed in, as their token names them. A subject is unique only within its issuer. */
export interface Caller {
  readonly issuer: string;
  readonly subject: string;
}

/**
 * The state of an ACS user:
 * - `creating`: an instance is creating it, or was killed while doing so;
 * - `current`: it is its caller's user; a caller has at most one;
 * - `surplus`: nobody uses it, because another one became current first or nobody waited for it any longer;
 * - `deleting`: its caller asked for its deletion;
 * - `unanswered`: ACS never answered the creation. One ACS user that nobody can find may exist.
 */
export type LedgerState = "creating" | "current" | "surplus" | "deleting" | "unanswered";

/** One ACS user, from before its creation until after its deletion. */
export interface LedgerEntry {
  /** A UUID of our own, since the id of the ACS user isn't known at first. */
  readonly id: string;
  readonly caller: Caller;
  readonly state: LedgerState;
  /** Undefined until ACS has answered the creation. */
  readonly acsUserId: string | undefined;
}

/** Whether a call may be made now. */
export type Permit =
  | { readonly isGranted: true; readonly left: number }
  | { readonly isGranted: false; readonly retryAfterInSeconds: number };

export interface Limit {
  readonly calls: number;
  readonly perSeconds: number;
}

/**
 * The ledger of ACS users and the counters of the limits, shared by every instance. Each method is atomic.
 * Every method may throw `StoreError`.
 */
export interface Store {
  /** Creates or updates the tables. Instances that start at the same time wait for each other. */
  migrate(): Promise<void>;

  /**
   * Binds the database to an ACS endpoint if it isn't bound yet, and returns the endpoint that it is bound to. With
   * another resource, every user would look deleted.
   */
  bind(endpoint: string): Promise<string>;

  /** Throws if the database can't be reached. */
  ping(): Promise<void>;

  findCurrent(caller: Caller): Promise<LedgerEntry | undefined>;

  /** Adds an entry as `creating`. Call this before asking ACS. */
  begin(id: string, caller: Caller): Promise<void>;

  /**
   * Touches an entry of the caller that is `creating`, in another instance or after a failed attempt, and returns its
   * id. Returns undefined if there is none.
   */
  resume(caller: Caller): Promise<string | undefined>;

  /**
   * Records the user that ACS created, and returns the entry's new state. It becomes `current` if it is still
   * `creating` and its caller has no current user. If the same user was recorded before, the state stays the same.
   * Otherwise, and if the entry was removed in the meantime, it becomes `surplus`.
   */
  settle(id: string, caller: Caller, acsUserId: string): Promise<LedgerState>;

  /** Makes the caller's current user `deleting`, and returns every entry of the caller in that state. */
  startDeletion(caller: Caller): Promise<LedgerEntry[]>;

  /** Removes an entry whose ACS user doesn't exist or no longer exists. */
  forget(id: string): Promise<void>;

  /** Keeps an entry as `unanswered`, without its caller. */
  markUnanswered(id: string): Promise<void>;

  /**
   * Returns up to `atMost` entries that are `creating`, `surplus` or `deleting` and weren't touched for
   * `idleForInSeconds`. Touches them, so that no other instance gets them. Those that were `creating` become
   * `surplus`, because an answer that arrives now is too late.
   */
  claimUnfinished(idleForInSeconds: number, atMost: number): Promise<LedgerEntry[]>;

  countByState(): Promise<Readonly<Record<LedgerState, number>>>;

  /**
   * Takes one of the calls that a limit leaves: at most `calls` in any interval of `perSeconds - 1` seconds, because
   * the store counts whole seconds, by the clock of the database.
   */
  takePermit(key: string, limit: Limit): Promise<Permit>;

  /** Removes the counters of calls that are older than an hour. */
  sweepPermits(): Promise<void>;

  close(): Promise<void>;
}

/** The database failed or can't be reached. */
export class StoreError extends Error {
  override readonly name = "StoreError";

  constructor(cause: unknown) {
    super(`The database failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export function countsOf(
  rows: readonly { state: LedgerState; count: number }[],
): Readonly<Record<LedgerState, number>> {
  const counts = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}

/** A row of the table `ledger`. */
export interface LedgerRow {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly state: LedgerState;
  readonly acs_user_id: string | null;
}

export function toEntry({ id, issuer, subject, state, acs_user_id }: LedgerRow): LedgerEntry {
  return { id, caller: { issuer, subject }, state, acsUserId: acs_user_id ?? undefined };
}
