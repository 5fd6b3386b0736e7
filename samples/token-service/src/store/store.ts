import type { Database } from "./database.js";
import { migrationStatement, schemaVersion } from "./migrations.js";

/** Whoever signed in, as their token names them. A subject is unique only within its issuer. */
export interface Caller {
  readonly issuer: string;
  readonly subject: string;
}

/**
 * The state of an attempt to create an ACS user, and of the user:
 * - `creating`: an instance is creating it, or was killed while doing so;
 * - `current`: it is its caller's user; a caller has at most one;
 * - `surplus`: nobody uses it, because another one became current first or nobody waited for it any longer;
 * - `deleting`: its caller asked for its deletion, or ACS no longer has it;
 * - `unanswered`: ACS never answered the creation. One ACS user that nobody can find may exist.
 */
export type LedgerState = "creating" | "current" | "surplus" | "deleting" | "unanswered";

/** An ACS user that the ledger knows. */
export interface KnownUser {
  /** The id of the entry: a UUID of our own, since the id of the ACS user isn't known at first. */
  readonly id: string;
  readonly state: LedgerState;
  readonly acsUserId: string;
}

export type Permit =
  /** `takenAt` is the second of the database's clock in which it was taken. */
  | { readonly isGranted: true; readonly left: number; readonly takenAt: number }
  | { readonly isGranted: false; readonly retryAfterInSeconds: number };

export interface Limit {
  readonly key: string;
  readonly calls: number;
  readonly perSeconds: number;
}

/** The database failed or can't be reached. */
export class StoreError extends Error {
  override readonly name = "StoreError";

  constructor(cause: unknown) {
    super(`The database failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

interface UserRow {
  readonly id: string;
  readonly state: LedgerState;
  readonly acs_user_id: string;
}

interface PermitRow {
  readonly calls_left: number | null;
  readonly taken_at: string | number;
  readonly retry_after: number | null;
}

const uniqueViolation = "23505";

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
   * Creates or updates the tables. Migrations at the same time wait for each other.
   * @param serviceRole - The role that the service connects with, if it isn't this one. It gets the rights to read and
   * write rows, and no other.
   */
  async migrate(serviceRole?: string): Promise<void> {
    await this.#rows(migrationStatement);
    if (serviceRole === undefined) return;
    const role = `"${serviceRole.replaceAll('"', '""')}"`;
    await this.#rows(`GRANT SELECT, INSERT, UPDATE, DELETE ON ledger, permits, binding TO ${role}`);
    await this.#rows(`GRANT SELECT ON schema_version TO ${role}`);
  }

  /** Throws if the tables are missing or too old. */
  async checkSchema(): Promise<void> {
    const [row] = await this.#rows<{ version: number }>(
      "SELECT coalesce(max(version), 0) AS version FROM schema_version",
    );
    if ((row?.version ?? 0) < schemaVersion) throw new StoreError("run the migrations of this version first");
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

  /** Takes a permit, and returns the caller's current user with it. */
  async admit(
    { issuer, subject }: Caller,
    { key, calls, perSeconds }: Limit,
  ): Promise<{ readonly permit: Permit; readonly user: KnownUser | undefined }> {
    const [row] = await this.#rows<PermitRow & Partial<UserRow>>(
      `SELECT permit.*, id, state, acs_user_id
       FROM take_permit($3, $4, $5) AS permit
       LEFT JOIN ledger ON issuer = $1 AND subject = $2 AND state = 'current'`,
      [issuer, subject, key, calls, perSeconds],
    );
    const user = typeof row?.id === "string" ? toUser(row as UserRow) : undefined;
    return { permit: toPermit(row), user };
  }

  async findCurrent({ issuer, subject }: Caller): Promise<KnownUser | undefined> {
    const [row] = await this.#rows<UserRow>(
      "SELECT * FROM ledger WHERE issuer = $1 AND subject = $2 AND state = 'current'",
      [issuer, subject],
    );
    return row && toUser(row);
  }

  /** Returns a current user of the same ACS resource as this one. */
  async findAnother({ id, acsUserId }: KnownUser): Promise<KnownUser | undefined> {
    const [row] = await this.#rows<UserRow>(
      `SELECT * FROM ledger WHERE id <> $1 AND state = 'current' AND starts_with(acs_user_id, $2)
       ORDER BY touched_at DESC LIMIT 1`,
      [id, resourceOf(acsUserId)],
    );
    return row && toUser(row);
  }

  /** Adds an entry as `creating`. It belongs to this attempt alone. Call this before asking ACS. */
  async begin(id: string, { issuer, subject }: Caller): Promise<void> {
    await this.#rows("INSERT INTO ledger (id, issuer, subject, state) VALUES ($1, $2, $3, 'creating')", [
      id,
      issuer,
      subject,
    ]);
  }

  /**
   * Records the user that ACS created, and returns the entry's new state. It becomes `current` if it is still
   * `creating` and its caller has no current user. If it was recorded before, the state stays the same. Otherwise, and
   * if the database lost the entry, it becomes `surplus`. Takes two round trips unless it becomes `current`.
   */
  async settle(id: string, { issuer, subject }: Caller, acsUserId: string): Promise<LedgerState> {
    if (await this.#becomeCurrent(id, acsUserId)) return "current";
    const [row] = await this.#rows<{ state: LedgerState }>(
      `INSERT INTO ledger (id, issuer, subject, state, acs_user_id) VALUES ($1, $2, $3, 'surplus', $4)
       ON CONFLICT (id) DO UPDATE SET acs_user_id = $4, touched_at = clock_timestamp(),
         state = CASE WHEN ledger.acs_user_id = $4 THEN ledger.state ELSE 'surplus' END
       RETURNING state`,
      [id, issuer, subject, acsUserId],
    );
    return row?.state ?? "surplus";
  }

  /** The unique index of current entries decides between two instances. */
  async #becomeCurrent(id: string, acsUserId: string): Promise<boolean> {
    try {
      const rows = await this.#rows(
        `UPDATE ledger SET state = 'current', acs_user_id = $2, touched_at = clock_timestamp()
         WHERE id = $1 AND state = 'creating' RETURNING id`,
        [id, acsUserId],
      );
      return rows.length === 1;
    } catch (error) {
      if (error instanceof StoreError && codeOf(error.cause) === uniqueViolation) return false;
      throw error;
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
         WHERE issuer = $1 AND subject = $2 AND state = 'creating'
           AND created_at > clock_timestamp() - make_interval(secs => $3)
       ), changed AS (
         UPDATE ledger SET touched_at = clock_timestamp(),
           state = CASE state WHEN 'creating' THEN 'unanswered' ELSE 'deleting' END,
           issuer = CASE state WHEN 'creating' THEN '' ELSE issuer END,
           subject = CASE state WHEN 'creating' THEN '' ELSE subject END
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

  /** Keeps a creation as `unanswered`, without its caller. */
  async markUnanswered(id: string): Promise<void> {
    await this.#rows(
      `UPDATE ledger SET state = 'unanswered', issuer = '', subject = '', touched_at = clock_timestamp()
       WHERE id = $1 AND state = 'creating'`,
      [id],
    );
  }

  /** Marks every creation that is older as `unanswered`, and returns the ids of their entries. */
  async giveUpCreations(idleForInSeconds: number): Promise<string[]> {
    const rows = await this.#rows<{ id: string }>(
      `UPDATE ledger SET state = 'unanswered', issuer = '', subject = '', touched_at = clock_timestamp()
       WHERE state = 'creating' AND touched_at <= clock_timestamp() - make_interval(secs => $1) RETURNING id`,
      [idleForInSeconds],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Returns a user that is `surplus` or `deleting` and wasn't touched for `idleForInSeconds`. Touches it, so that no
   * other instance gets it.
   */
  async claimUnfinished(idleForInSeconds: number): Promise<KnownUser | undefined> {
    const [row] = await this.#rows<UserRow>(
      `UPDATE ledger SET touched_at = clock_timestamp() WHERE id = (
         SELECT id FROM ledger
         WHERE state IN ('surplus', 'deleting') AND touched_at <= clock_timestamp() - make_interval(secs => $1)
         ORDER BY touched_at LIMIT 1 FOR UPDATE SKIP LOCKED
       )
       RETURNING *`,
      [idleForInSeconds],
    );
    return row && toUser(row);
  }

  async countByState(): Promise<Readonly<Record<LedgerState, number>>> {
    const rows = await this.#rows<{ state: LedgerState; count: number }>(
      "SELECT state, count(*)::integer AS count FROM ledger GROUP BY state",
    );
    const counts = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };
    for (const { state, count } of rows) counts[state] = count;
    return counts;
  }

  /**
   * Takes one of the calls that a limit leaves: at most `calls` in any interval of `perSeconds - 1` seconds, because
   * the store counts whole seconds, by the clock of the database.
   */
  async takePermit({ key, calls, perSeconds }: Limit): Promise<Permit> {
    const [row] = await this.#rows<PermitRow>("SELECT * FROM take_permit($1, $2, $3)", [
      key,
      calls,
      perSeconds,
    ]);
    return toPermit(row);
  }

  async giveBackPermit(key: string, takenAt: number): Promise<void> {
    await this.#rows("UPDATE permits SET taken = taken - 1 WHERE key = $1 AND second = $2 AND taken > 0", [
      key,
      takenAt,
    ]);
  }

  /** Removes the counters of calls that are older than an hour. */
  async sweepPermits(): Promise<void> {
    await this.#rows("DELETE FROM permits WHERE second < extract(epoch FROM clock_timestamp()) - 3600");
  }

  async close(): Promise<void> {
    await this.#database.close();
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

function toPermit(row: PermitRow | undefined): Permit {
  return typeof row?.calls_left === "number"
    ? { isGranted: true, left: row.calls_left, takenAt: Number(row.taken_at) }
    : { isGranted: false, retryAfterInSeconds: row?.retry_after ?? 1 };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
