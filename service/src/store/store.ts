import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "./database.js";
import { migrationLock, migrationTo, schemaVersion } from "./migrations.js";

/** Whoever signed in, as their token names them. A subject is unique only within its issuer. */
export interface Caller {
  readonly issuer: string;
  readonly subject: string;
}

/**
 * The state of an attempt to create an ACS user, and of the user:
 * - `creating`: an instance is creating it, or was killed while doing so;
 * - `current`: it is its caller's user; a caller has at most one;
 * - `surplus`: nobody uses it, because another one became current first or its creation was given up;
 * - `deleting`: its caller asked for its deletion, or ACS no longer has it;
 * - `unanswered`: ACS didn't answer the creation with a user. One that nobody can find may exist.
 */
export type LedgerState = "creating" | "current" | "surplus" | "deleting" | "unanswered";

/** An ACS user that the ledger knows. */
export interface KnownUser {
  /** The id of the entry: a UUID of our own, since the id of the ACS user isn't known at first. */
  readonly id: string;
  readonly state: LedgerState;
  readonly acsUserId: string;
}

/** At most `calls` calls in any `perSeconds` seconds, of which `atOnce` may come together. */
export interface Limit {
  readonly key: string;
  readonly calls: number;
  readonly atOnce: number;
  readonly perSeconds: number;
}

/** The database failed or can't be reached. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  /** PostgreSQL's, such as `23505` for a duplicate. */
  readonly code: unknown;

  constructor(cause: unknown, code?: string) {
    super(`The database failed: ${reasonOf(cause)}`, { cause });
    this.code = cause instanceof Error && "code" in cause ? cause.code : code;
  }
}

/** A refused connection to a host with several addresses has a reason for each of them. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join("; ");
  return cause instanceof Error ? cause.message : String(cause);
}

interface UserRow {
  readonly id: string;
  readonly state: LedgerState;
  readonly acs_user_id: string;
}

/** How long a caller waits after a creation that was unanswered, in seconds. It doubles with each further one. */
const firstPause = 5;
const longestPause = 900;
/** How long an `unanswered` entry keeps its caller. It has to be longer than any pause. */
const callerKeptInSeconds = 3_600;

/** The server's own limits, shorter than the client's, so that a statement ends before its connection is given up. */
const roleSettings = { statement_timeout: "3s", idle_in_transaction_session_timeout: "5s" };

/** What the service's role may do, by table. */
const rights = {
  ledger: "SELECT, INSERT, UPDATE, DELETE",
  arrivals: "SELECT, INSERT, UPDATE, DELETE",
  binding: "SELECT, INSERT, UPDATE (revoking_since)",
  schema_version: "SELECT",
};
/** PostgreSQL's code for insufficient privileges. */
const lacksRight = "42501";

/** While a migration waits for a lock, everybody else waits behind it. So it gives up soon, and tries again later. */
const longestLockInMs = 500;
const lockPauseInMs = 2_000;

/** Returns a condition. A time in the future is of a clock that was wrong, so it counts as long ago. */
const isOlder = (column: string, seconds: string) =>
  `${column} NOT BETWEEN clock_timestamp() - make_interval(secs => ${seconds}) AND clock_timestamp()`;

/** When a caller may begin again, of the `unanswered` entries. */
const pauseEnd = `max(touched_at) FILTER (WHERE touched_at <= clock_timestamp())
  + make_interval(secs => least(${longestPause}, ${firstPause} * 2 ^ least(count(*) - 1, 8)))`;

/** $2 and $3 are the caller. */
const mustNotBegin = `
  EXISTS (SELECT FROM ledger WHERE issuer = $2 AND subject = $3 AND state = 'current')
  OR EXISTS (
    SELECT FROM ledger WHERE issuer = $2 AND subject = $3 AND state = 'unanswered'
    HAVING ${pauseEnd} > clock_timestamp()
  )`;

/**
 * The ledger of ACS users and the counters of the limits, shared by every instance. Each method is atomic, takes one
 * round trip unless it says otherwise, and may throw `StoreError`.
 */
export class Store {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Creates or updates the tables, and sets the rights and limits of the service's role. Changes a table only when nobody
   * else uses it, and lets others go on in the meantime. Migrations at the same time wait for each other.
   * @param serviceRole - The role that the service connects with, if it isn't this one. It gets the rights that it needs, and
   * no other.
   * @param waitInSeconds - How long it may take. After that, the server itself undoes what isn't finished.
   */
  async migrate(serviceRole?: string, waitInSeconds = 60): Promise<void> {
    const deadline = performance.now() + waitInSeconds * 1000;
    const change = async (sql: string): Promise<void> => {
      for (;;) {
        const left = Math.max(1, Math.ceil(deadline - performance.now()));
        try {
          await this.#rows(`SET LOCAL statement_timeout = ${left}; SET LOCAL lock_timeout = ${longestLockInMs};
            SELECT pg_advisory_xact_lock(${migrationLock}); ${sql}`);
          return;
        } catch (error) {
          if (!(error instanceof StoreError && error.code === "55P03")) throw error;
          if (left <= lockPauseInMs + longestLockInMs) throw await this.#explainLock(waitInSeconds);
          await sleep(lockPauseInMs);
        }
      }
    };
    await change(migrationTo());
    if (serviceRole !== undefined) {
      const role = `"${serviceRole.replaceAll('"', '""')}"`;
      const grants = Object.entries(rights).map(([table, list]) => `GRANT ${list} ON ${table} TO ${role}`);
      // PostgreSQL only warns if anybody but the owner grants nothing, but it refuses them a comment.
      await change(`COMMENT ON TABLE ledger IS 'The users at ACS'; ${grants.join("; ")}`);
    }
    const limits = await this.#rows<{ statement: string }>(
      `SELECT format('ALTER ROLE %I IN DATABASE %I SET %s = %L', rolname, datname, name, value) AS statement
       FROM unnest($2::text[], $3::text[]) AS setting (name, value), pg_roles, pg_database
       WHERE rolname = coalesce($1, current_user) AND datname = current_database() AND NOT EXISTS (
         SELECT FROM pg_db_role_setting
         WHERE setrole = pg_roles.oid AND setdatabase = pg_database.oid AND name || '=' || value = ANY (setconfig)
       )`,
      [serviceRole ?? null, Object.keys(roleSettings), Object.values(roleSettings)],
    );
    const statements = limits.map(({ statement }) => `${statement};`).join("\n");
    await change(statements).catch((error: StoreError) => {
      if (error.code !== lacksRight) throw error;
      throw new StoreError(`an administrator has to limit the service's role:\n${statements}`, lacksRight);
    });
  }

  /** Names the sessions whose transaction has been open for so long that it may be them. */
  async #explainLock(waitInSeconds: number): Promise<StoreError> {
    const [row] = await this.#rows<{ who: string | null }>(
      `SELECT string_agg(format('%s of %s (process %s, %s)', application_name, usename, pid, state), '; ') AS who
       FROM pg_stat_activity WHERE datname = current_database() AND xact_start < now() - interval '1 second'`,
    );
    const who = row?.who ?? "another session";
    return new StoreError(
      `the tables were in use for ${waitInSeconds} s, so they are unchanged: see ${who}`,
      "55P03",
    );
  }

  /** Throws if the tables are missing or too old. */
  async checkSchema(): Promise<void> {
    const [row] = await this.#rows<{ version: number }>(
      "SELECT coalesce(max(version), 0) AS version FROM schema_version",
    );
    if ((row?.version ?? 0) < schemaVersion)
      throw new StoreError("run the migrations of this version first", "42P01");
  }

  /**
   * Binds the database to an ACS endpoint if it isn't bound yet, and returns the endpoint that it is bound to. With
   * another resource, every user would look deleted. Takes two round trips.
   */
  async bind(endpoint: string): Promise<string> {
    await this.#rows("INSERT INTO binding (endpoint) VALUES ($1) ON CONFLICT DO NOTHING", [endpoint]);
    const [bound] = await this.#rows<{ endpoint: string }>("SELECT endpoint FROM binding");
    return bound?.endpoint ?? endpoint;
  }

  /** Throws if the database can't be reached. */
  async ping(): Promise<void> {
    await this.#rows("SELECT 1");
  }

  /**
   * Takes a permit, and returns the caller's current user, or how many seconds to wait if the limit leaves no permit.
   *
   * The generic cell rate algorithm: calls are due at an even pace, and may be early by a burst. $2 is the time from one
   * call to the next, and $3 how early a call may be, in seconds. A clock that never jumps puts the next call at most
   * $2 + $3 ahead. If it is much later, the clock has jumped back, so one call is due, and the burst counts as used up.
   */
  async admit({ issuer, subject }: Caller, limit: Limit) {
    const [row] = await this.#rows<{ wait: number | null } & Partial<UserRow>>(
      `WITH taken AS (
         INSERT INTO arrivals (key, next_at) VALUES ($1, clock_timestamp() + make_interval(secs => $2))
         ON CONFLICT (key) DO UPDATE
           SET next_at = make_interval(secs => $2) + least(
             greatest(arrivals.next_at, clock_timestamp()), clock_timestamp() + make_interval(secs => $3))
           WHERE arrivals.next_at NOT BETWEEN clock_timestamp() + make_interval(secs => $3)
             AND clock_timestamp() + make_interval(secs => $2 + $3 + 1)
         RETURNING key
       ), permit AS (
         SELECT CASE WHEN NOT EXISTS (SELECT FROM taken) THEN greatest(1, ceil(least($2 + 1, extract(epoch FROM
           (SELECT next_at FROM arrivals WHERE key = $1) - clock_timestamp()) - $3)))::integer END AS wait
       )
       SELECT wait, id, state, acs_user_id FROM permit
       LEFT JOIN ledger ON issuer = $4 AND subject = $5 AND state = 'current'`,
      [...paceOf(limit), issuer, subject],
    );
    const user = typeof row?.id === "string" ? toUser(row as UserRow) : undefined;
    return { waitInSeconds: row?.wait ?? undefined, user };
  }

  /** Starts counting anew. */
  async forgetLimit(key: string): Promise<void> {
    await this.#rows("DELETE FROM arrivals WHERE key = $1", [key]);
  }

  /** Takes a permit. Returns undefined, or how many seconds to wait if the limit leaves none. */
  async takePermit(limit: Limit): Promise<number | undefined> {
    return (await this.admit({ issuer: "", subject: "" }, limit)).waitInSeconds;
  }

  async findCurrent({ issuer, subject }: Caller): Promise<KnownUser | undefined> {
    const sql = "SELECT * FROM ledger WHERE issuer = $1 AND subject = $2 AND state = 'current'";
    return (await this.#users(sql, [issuer, subject]))[0];
  }

  /** Returns a current user of the same ACS resource as this one. */
  async findAnother({ id, acsUserId }: KnownUser): Promise<KnownUser | undefined> {
    const sql = `SELECT * FROM ledger WHERE id <> $1 AND state = 'current' AND starts_with(acs_user_id, $2)
      ORDER BY touched_at DESC LIMIT 1`;
    return (await this.#users(sql, [id, resourceOf(acsUserId)]))[0];
  }

  /**
   * Adds an entry as `creating`. It belongs to this attempt alone. Call this before asking ACS. Adds none, and returns
   * false, if the caller has a current user, or has to wait as {@link waitOf} says. Takes two round trips: the insertion
   * may have waited for the end of another attempt, which only a new statement sees.
   */
  async begin(id: string, { issuer, subject }: Caller): Promise<boolean> {
    const values = [id, issuer, subject];
    const added = await this.#rows(
      `INSERT INTO ledger (id, issuer, subject, state) SELECT $1, $2, $3, 'creating' WHERE NOT (${mustNotBegin})
       ON CONFLICT (issuer, subject) WHERE state = 'creating' DO NOTHING RETURNING id`,
      values,
    );
    if (added.length === 0) return false;
    const removed = await this.#rows(
      `DELETE FROM ledger WHERE id = $1 AND (${mustNotBegin}) RETURNING id`,
      values,
    );
    return removed.length === 0;
  }

  /**
   * Returns how many seconds the caller has to wait before the next creation: while another one may still succeed, and
   * after creations that were unanswered, each time twice as long. A creation that is older than
   * `creationLimitInSeconds` is `unanswered` from now on.
   */
  async waitOf({ issuer, subject }: Caller, creationLimitInSeconds: number): Promise<number> {
    const [row] = await this.#rows<{ wait: number | null }>(
      `WITH given_up AS (
         UPDATE ledger SET state = 'unanswered', touched_at = clock_timestamp()
         WHERE issuer = $1 AND subject = $2 AND state = 'creating' AND ${isOlder("created_at", "$3")}
       )
       SELECT ceil(extract(epoch FROM CASE
           WHEN bool_or(state = 'creating')
             THEN least(make_interval(secs => $3), clock_timestamp() - max(created_at))
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
      const [row] = await this.#rows<{ state: LedgerState }>(
        `INSERT INTO ledger (id, issuer, subject, state, acs_user_id) VALUES ($1, $2, $3, 'surplus', $4)
         ON CONFLICT (id) DO UPDATE SET acs_user_id = $4, touched_at = clock_timestamp(),
           state = CASE WHEN ledger.acs_user_id = $4 THEN ledger.state ELSE 'surplus' END
         RETURNING state`,
        [id, issuer, subject, acsUserId],
      );
      return row?.state ?? "surplus";
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      await this.markUnanswered(id);
      return "unanswered";
    }
  }

  /** The unique index of current entries decides between two instances. What was unanswered before is over. */
  async #becomeCurrent(id: string, acsUserId: string): Promise<boolean> {
    try {
      const rows = await this.#rows(
        `WITH settled AS (
           UPDATE ledger SET state = 'current', acs_user_id = $2, touched_at = clock_timestamp()
           WHERE id = $1 AND state = 'creating' RETURNING id, issuer, subject
         ), forgiven AS (
           UPDATE ledger SET issuer = '', subject = '' FROM settled
           WHERE ledger.state = 'unanswered' AND ledger.issuer = settled.issuer AND ledger.subject = settled.subject
         )
         SELECT id FROM settled`,
        [id, acsUserId],
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
    const [row] = await this.#rows<{ wait: number | null; users: UserRow[] | null }>(
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
    await this.#rows(
      "UPDATE ledger SET state = 'deleting', touched_at = clock_timestamp() WHERE id = $1 AND state = 'current'",
      [id],
    );
  }

  /** Removes an entry whose ACS user certainly doesn't exist. */
  async forget(id: string): Promise<void> {
    await this.#rows("DELETE FROM ledger WHERE id = $1", [id]);
  }

  /**
   * Keeps a creation as `unanswered`, also if the user that ACS named isn't one of this resource. Returns false if the
   * entry is in another state by now.
   */
  async markUnanswered(id: string): Promise<boolean> {
    const rows = await this.#rows(
      `UPDATE ledger SET state = 'unanswered', acs_user_id = NULL, touched_at = clock_timestamp()
       WHERE id = $1 AND state IN ('creating', 'current') RETURNING id`,
      [id],
    );
    return rows.length === 1;
  }

  /** Records that ACS has revoked the user's tokens, so that it certainly knew the user. */
  async markRevoked(id: string): Promise<void> {
    await this.#rows("UPDATE ledger SET revoked_at = clock_timestamp() WHERE id = $1", [id]);
  }

  /** Returns whether ACS knew the user earlier, or another deletion of it has ended. */
  async wasKnown(id: string): Promise<boolean> {
    const rows = await this.#rows("SELECT FROM ledger WHERE id = $1 AND revoked_at IS NULL", [id]);
    return rows.length === 0;
  }

  /**
   * Marks every creation that is older as `unanswered`, and returns the ids of their entries. Removes the callers of
   * those that were unanswered long ago.
   */
  async giveUpCreations(idleForInSeconds: number): Promise<string[]> {
    const rows = await this.#rows<{ id: string }>(
      `WITH forgiven AS (
         UPDATE ledger SET issuer = '', subject = ''
         WHERE state = 'unanswered' AND issuer <> '' AND ${isOlder("touched_at", "$2")}
       )
       UPDATE ledger SET state = 'unanswered', touched_at = clock_timestamp()
       WHERE state = 'creating' AND ${isOlder("touched_at", "$1")} RETURNING id`,
      [idleForInSeconds, callerKeptInSeconds],
    );
    return rows.map(({ id }) => id);
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

  /**
   * Begins a revocation of everybody's tokens, or goes on with the one that hasn't ended. Returns some users whose tokens
   * weren't revoked since it began, and how many there are.
   * @param after - Leaves out this user and those before.
   */
  async findUnrevoked(after?: KnownUser): Promise<{ users: KnownUser[]; left: number }> {
    const rows = await this.#rows<UserRow & { left: number }>(
      `WITH revocation AS (
         UPDATE binding SET revoking_since = least(revoking_since, clock_timestamp()) RETURNING revoking_since AS since
       )
       SELECT ledger.*, (count(*) OVER ())::integer AS left FROM ledger, revocation
       WHERE state IN ('current', 'deleting') AND created_at NOT BETWEEN since AND clock_timestamp()
         AND (revoked_at IS NULL OR revoked_at NOT BETWEEN since AND clock_timestamp())
         AND ($1::uuid IS NULL OR id > $1)
       ORDER BY id LIMIT 10`,
      [after?.id ?? null],
    );
    return { users: rows.map(toUser), left: rows[0]?.left ?? 0 };
  }

  async endRevocation(): Promise<void> {
    await this.#rows("UPDATE binding SET revoking_since = NULL");
  }

  async countByState(): Promise<Readonly<Record<LedgerState, number>>> {
    const rows = await this.#rows<{ state: LedgerState; count: number }>(
      "SELECT state, count(*)::integer AS count FROM ledger GROUP BY state",
    );
    const counts = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };
    for (const { state, count } of rows) counts[state] = count;
    return counts;
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  async #users(text: string, values: unknown[]): Promise<KnownUser[]> {
    return (await this.#rows<UserRow>(text, values)).map(toUser);
  }

  async #rows<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    try {
      return (await this.#database.query<Row>(text, values)).rows;
    } catch (error) {
      throw new StoreError(error);
    }
  }
}

/** Returns the part of an ACS user's id that all users of a resource share: `8:acs:<resource>_`. */
export function resourceOf(acsUserId: string): string {
  return acsUserId.slice(0, acsUserId.lastIndexOf("_") + 1);
}

function toUser({ id, state, acs_user_id: acsUserId }: UserRow): KnownUser {
  return { id, state, acsUserId };
}

/**
 * Returns the parameters of a permit. A burst of `atOnce` and the calls that become due within the time of the
 * limit are `calls` together.
 */
function paceOf({ key, calls, atOnce, perSeconds }: Limit): [string, number, number] {
  const pace = perSeconds / (calls - atOnce + 1);
  return [key, pace, pace * (atOnce - 1)];
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof StoreError && error.code === "23505";
}
