/** Whoever signed in, as the token of the sign-in names them. A subject is unique within its issuer only. */
export interface Caller {
  readonly issuer: string;
  readonly subject: string;
}

/**
 * Where an ACS user stands:
 * - `creating`: ACS is being asked for it, or the process that asked was killed;
 * - `current`: it is its caller's user, of which a caller has at most one;
 * - `surplus`: nobody uses it, because another one became current first or nobody waited for it any more;
 * - `deleting`: its caller asked for its deletion;
 * - `unanswered`: ACS never answered the creation. At most one ACS user exists that nobody can find.
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
   * Binds the database to an ACS endpoint, the first time, and returns the one that it is bound to. With another
   * resource, every user would look deleted.
   */
  bind(endpoint: string): Promise<string>;

  /** Throws when the database can't be reached. */
  ping(): Promise<void>;

  findCurrent(caller: Caller): Promise<LedgerEntry | undefined>;

  /** Adds an entry as `creating`. Call it before ACS is asked. */
  begin(id: string, caller: Caller): Promise<void>;

  /**
   * Returns and touches an entry of the caller that is `creating`, in another instance or since an earlier attempt failed.
   * Undefined if there is none.
   */
  resume(caller: Caller): Promise<string | undefined>;

  /**
   * Records the answer of ACS, and returns the state that the entry has now. It becomes `current` if it is still
   * `creating` and its caller has no current user. If the same answer was recorded before, it stays what it is. Else, and
   * if it was forgotten in the meantime, it is `surplus`.
   */
  settle(id: string, caller: Caller, acsUserId: string): Promise<LedgerState>;

  /** Makes the caller's current user `deleting`, and returns every entry of the caller in that state. */
  startDeletion(caller: Caller): Promise<LedgerEntry[]>;

  /** Removes an entry whose ACS user doesn't exist or no longer exists. */
  forget(id: string): Promise<void>;

  /** Keeps an entry as `unanswered`, without its caller. */
  markUnanswered(id: string): Promise<void>;

  /**
   * Returns entries that are `creating`, `surplus` or `deleting` and that nobody has touched for some time, and touches
   * them, so that no other instance gets them as well. Those that were `creating` become `surplus`: an answer that comes
   * now is too late.
   */
  claimUnfinished(idleForInSeconds: number, atMost: number): Promise<LedgerEntry[]>;

  countByState(): Promise<Readonly<Record<LedgerState, number>>>;

  /**
   * Takes one of the calls that a limit leaves: at most `calls` in any interval of `perSeconds - 1` seconds, since time
   * is counted in whole seconds. By the clock of the database.
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
