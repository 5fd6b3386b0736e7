import type { Caller } from "../caller.js";
import type { Query } from "./database.js";
import { type KnownUser, type LedgerState, resourcePrefix, toUser, type UserRow } from "./knownUser.js";
import { isUniqueViolation } from "./storeError.js";

/**
 * How long a caller waits after a creation that was unanswered, in seconds. It doubles with each further one, until ACS
 * creates a user for anybody.
 */
const firstPause = 5;
const longestPause = 900;
/** How long an `unanswered` entry keeps its caller. It has to be longer than any pause. */
const callerKeptInSeconds = 3_600;

/** Returns a condition. A time in the future is of a clock that was wrong, so it counts as long ago. */
const isOlder = (column: string, seconds: string) =>
  `${column} NOT BETWEEN clock_timestamp() - make_interval(secs => ${seconds}) AND clock_timestamp()`;

/** The time at which ACS last created a user for anybody. */
const served = `(SELECT max(touched_at) FROM ledger WHERE state = 'current' AND touched_at <= clock_timestamp())`;

/** When a caller may begin again, of the `unanswered` entries. Those from before ACS served somebody count as one. */
const pauseEnd = `max(touched_at) FILTER (WHERE touched_at <= clock_timestamp())
  + make_interval(secs => least(${longestPause}, ${firstPause} * 2 ^ least(8, greatest(0,
    count(*) FILTER (WHERE touched_at > coalesce(${served}, '-infinity')) - 1))))`;

/** Returns a condition for which the parameters `issuer` and `subject`, such as `$2` and `$3`, name the caller. */
const mustNotBegin = (issuer: string, subject: string) => `
  EXISTS (SELECT FROM ledger WHERE issuer = ${issuer} AND subject = ${subject} AND state = 'current')
  OR EXISTS (
    SELECT FROM ledger WHERE issuer = ${issuer} AND subject = ${subject} AND state = 'unanswered'
    HAVING ${pauseEnd} > clock_timestamp()
  )`;

/**
 * The ledger of ACS users, shared by every instance. Each method is atomic, takes one round trip unless it says
 * otherwise, and may throw `StoreError`.
 */
export class Ledger {
  readonly #query: Query;

  constructor(query: Query) {
    this.#query = query;
  }

  async findCurrent({ issuer, subject }: Caller): Promise<KnownUser | undefined> {
    const sql = "SELECT * FROM ledger WHERE issuer = $1 AND subject = $2 AND state = 'current'";
    return (await this.#users(sql, [issuer, subject]))[0];
  }

  /** Returns whether a deletion has something to do at ACS for the caller. */
  async hasUser({ issuer, subject }: Caller): Promise<boolean> {
    const sql = `SELECT FROM ledger WHERE issuer = $1 AND subject = $2 AND state IN ('current', 'deleting') LIMIT 1`;
    return (await this.#query(sql, [issuer, subject])).length === 1;
  }

  /** Returns a current user of the same ACS resource as this one. */
  async findAnother({ id, acsUserId }: KnownUser): Promise<KnownUser | undefined> {
    const sql = `SELECT * FROM ledger WHERE id <> $1 AND state = 'current' AND starts_with(acs_user_id, $2)
      ORDER BY touched_at DESC LIMIT 1`;
    return (await this.#users(sql, [id, resourcePrefix(acsUserId)]))[0];
  }

  /**
   * Adds an entry as `creating`. It belongs to this attempt alone. Call this before asking ACS. Adds none, and returns
   * false, if the caller has a current user, or has to wait as {@link findWaitInSeconds} says. Takes two round trips: the insertion
   * may have waited for the end of another attempt, which only a new statement sees.
   */
  async begin(id: string, { issuer, subject }: Caller): Promise<boolean> {
    const values = [id, issuer, subject];
    const added = await this.#query(
      `INSERT INTO ledger (id, issuer, subject, state, was_sent) SELECT $1, $2, $3, 'creating', false
       WHERE NOT (${mustNotBegin("$2", "$3")})
       ON CONFLICT (issuer, subject) WHERE state = 'creating' DO NOTHING RETURNING id`,
      values,
    );
    if (added.length === 0) return false;
    const removed = await this.#query(
      `DELETE FROM ledger WHERE id = $1 AND (${mustNotBegin("$2", "$3")}) RETURNING id`,
      values,
    );
    return removed.length === 0;
  }

  /**
   * Returns how many seconds the caller has to wait before the next creation: while another one may still succeed, as long
   * as that has taken so far, since most take less than a second, but not longer than it may still take; after creations
   * that were unanswered, each time twice as long. A creation that is older than `creationLimitInSeconds` is `unanswered`
   * from now on.
   */
  async findWaitInSeconds({ issuer, subject }: Caller, creationLimitInSeconds: number): Promise<number> {
    const [row] = await this.#query<{ wait: number | null }>(
      `WITH given_up AS (
         UPDATE ledger SET state = 'unanswered', touched_at = clock_timestamp()
         WHERE issuer = $1 AND subject = $2 AND state = 'creating' AND ${isOlder("created_at", "$3")}
       )
       SELECT ceil(extract(epoch FROM CASE
           WHEN bool_or(state = 'creating' AND NOT ${isOlder("created_at", "$3")})
             THEN least(clock_timestamp() - max(created_at), max(created_at) + make_interval(secs => $3) - clock_timestamp())
           WHEN bool_or(state = 'creating') THEN make_interval(secs => ${firstPause})
           ELSE ${pauseEnd} - clock_timestamp()
         END))::integer AS wait
       FROM ledger WHERE issuer = $1 AND subject = $2 AND state IN ('creating', 'unanswered')`,
      [issuer, subject, creationLimitInSeconds],
    );
    return Math.max(1, row?.wait ?? 1);
  }

  /**
   * Records the user that ACS created, and returns the entry's new state. It becomes `current` if it is still
   * `creating` and its caller has no current user. If it was recorded before, the state stays the same. Otherwise, and
   * if the database lost the entry, it becomes `surplus`. Takes two round trips unless it becomes `current`.
   */
  async settle(id: string, { issuer, subject }: Caller, acsUserId: string): Promise<LedgerState> {
    if (await this.#becomeCurrent(id, acsUserId)) return "current";
    try {
      const [row] = await this.#query<{ state: LedgerState }>(
        `INSERT INTO ledger (id, issuer, subject, state, acs_user_id) VALUES ($1, $2, $3, 'surplus', $4)
         ON CONFLICT (id) DO UPDATE SET acs_user_id = $4, touched_at = clock_timestamp(),
           state = CASE WHEN ledger.acs_user_id = $4 THEN ledger.state ELSE 'surplus' END
         RETURNING state`,
        [id, issuer, subject, acsUserId],
        { isNeverRefused: true },
      );
      return row?.state ?? "surplus";
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      await this.markUnanswered(id);
      return "unanswered";
    }
  }

  /**
   * Makes an entry `current`, and returns whether it is. The unique index of current entries decides between two instances.
   * What was unanswered before is over.
   */
  async #becomeCurrent(id: string, acsUserId: string): Promise<boolean> {
    try {
      const rows = await this.#query(
        `WITH settled AS (
           UPDATE ledger SET state = 'current', acs_user_id = $2, touched_at = clock_timestamp()
           WHERE id = $1 AND state = 'creating' RETURNING id, issuer, subject
         ), forgiven AS (
           UPDATE ledger SET issuer = '', subject = '' FROM settled
           WHERE ledger.state = 'unanswered' AND ledger.issuer = settled.issuer AND ledger.subject = settled.subject
         )
         SELECT id FROM settled`,
        [id, acsUserId],
        { isNeverRefused: true },
      );
      return rows.length === 1;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      return false;
    }
  }

  /**
   * Makes the caller's current user `deleting`, and returns every user of the caller in that state. Does nothing, and
   * returns how many seconds to wait, if a creation of the caller is younger than `creationLimitInSeconds`: it might
   * become current after the deletion. Creations that are older are `unanswered` from now on.
   */
  async startDeletion(
    { issuer, subject }: Caller,
    creationLimitInSeconds: number,
  ): Promise<{ readonly waitInSeconds: number } | { readonly users: KnownUser[] }> {
    const [row] = await this.#query<{ wait: number | null; users: UserRow[] | null }>(
      `WITH young AS (
         SELECT ceil($3 - extract(epoch FROM clock_timestamp() - max(created_at)))::integer AS wait FROM ledger
         WHERE issuer = $1 AND subject = $2 AND state = 'creating' AND NOT ${isOlder("created_at", "$3")}
       ), changed AS (
         UPDATE ledger SET touched_at = clock_timestamp(),
           state = CASE state WHEN 'creating' THEN 'unanswered' ELSE 'deleting' END
         WHERE issuer = $1 AND subject = $2 AND state IN ('creating', 'current', 'deleting')
           AND (SELECT wait FROM young) IS NULL
         RETURNING id, state, acs_user_id
       )
       SELECT (SELECT wait FROM young) AS wait,
         (SELECT json_agg(changed) FROM changed WHERE state = 'deleting') AS users`,
      [issuer, subject, creationLimitInSeconds],
    );
    if (typeof row?.wait === "number") return { waitInSeconds: Math.max(1, row.wait) };
    return { users: (row?.users ?? []).map(toUser) };
  }

  /** Makes a user that ACS no longer has `deleting`, unless it was replaced in the meantime. */
  async retire(id: string): Promise<void> {
    await this.#query(
      "UPDATE ledger SET state = 'deleting', touched_at = clock_timestamp() WHERE id = $1 AND state = 'current'",
      [id],
    );
  }

  /** Removes an entry whose ACS user certainly doesn't exist. */
  async forget(id: string): Promise<void> {
    await this.#query("DELETE FROM ledger WHERE id = $1", [id], { isNeverRefused: true });
  }

  /**
   * Keeps a creation as `unanswered`, also if the user that ACS named isn't one of this resource. Returns false if the
   * entry is in another state by now.
   */
  async markUnanswered(id: string): Promise<boolean> {
    const rows = await this.#query(
      `UPDATE ledger SET state = 'unanswered', acs_user_id = NULL, touched_at = clock_timestamp()
       WHERE id = $1 AND state IN ('creating', 'current') RETURNING id`,
      [id],
      { isNeverRefused: true },
    );
    return rows.length === 1;
  }

  /**
   * Marks every creation that is older as `unanswered`, and returns the ids of their entries. Removes the entries whose
   * request was certainly never sent, and returns how many, and the callers of those that were unanswered long ago.
   */
  async giveUpCreations(idleForInSeconds: number): Promise<{ unanswered: string[]; neverSent: number }> {
    const [row] = await this.#query<{ unanswered: string[]; never_sent: number }>(
      `WITH never_sent AS (
         DELETE FROM ledger WHERE NOT was_sent
           AND (state = 'unanswered' OR (state = 'creating' AND ${isOlder("touched_at", "$1")})) RETURNING id
       ), forgiven AS (
         UPDATE ledger SET issuer = '', subject = ''
         WHERE state = 'unanswered' AND was_sent AND issuer <> '' AND ${isOlder("touched_at", "$2")}
       ), given_up AS (
         UPDATE ledger SET state = 'unanswered', touched_at = clock_timestamp()
         WHERE state = 'creating' AND was_sent AND ${isOlder("touched_at", "$1")} RETURNING id
       )
       SELECT ARRAY(SELECT id::text FROM given_up) AS unanswered,
         (SELECT count(*)::integer FROM never_sent) AS never_sent`,
      [idleForInSeconds, callerKeptInSeconds],
    );
    return { unanswered: row?.unanswered ?? [], neverSent: row?.never_sent ?? 0 };
  }

  /**
   * Returns a user that is `surplus` or `deleting` and wasn't touched for `idleForInSeconds`. Touches it, so that no
   * other instance gets it.
   */
  async claimUnfinished(idleForInSeconds: number): Promise<KnownUser | undefined> {
    const [user] = await this.#users(
      `UPDATE ledger SET touched_at = clock_timestamp() WHERE id = (
         SELECT id FROM ledger
         WHERE state IN ('surplus', 'deleting') AND ${isOlder("touched_at", "$1")}
         ORDER BY touched_at LIMIT 1 FOR UPDATE SKIP LOCKED
       )
       RETURNING *`,
      [idleForInSeconds],
    );
    return user;
  }

  async countByState(): Promise<Readonly<Record<LedgerState, number>>> {
    const rows = await this.#query<{ state: LedgerState; count: number }>(
      "SELECT state, count(*)::integer AS count FROM ledger GROUP BY state",
    );
    const counts = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };
    for (const { state, count } of rows) counts[state] = count;
    return counts;
  }

  async #users(text: string, values: unknown[]): Promise<KnownUser[]> {
    return (await this.#query<UserRow>(text, values)).map(toUser);
  }
}
