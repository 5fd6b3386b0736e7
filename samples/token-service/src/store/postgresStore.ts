import pg from "pg";
import { postgresMigrations } from "./postgresMigrations.js";
import {
  type Caller,
  countsOf,
  type LedgerEntry,
  type LedgerRow,
  type LedgerState,
  type Limit,
  type Permit,
  type Store,
  StoreError,
  toEntry,
} from "./store.js";

/** An arbitrary number for the lock that keeps instances from migrating at the same time. */
const migrationLock = 4_717_001;
const uniqueViolation = "23505";

export function openPostgresStore(url: string): Store {
  return new PostgresStore(url);
}

class PostgresStore implements Store {
  readonly #pool: pg.Pool;

  constructor(connectionString: string) {
    this.#pool = new pg.Pool({
      connectionString,
      application_name: "token-service",
      max: 10,
      connectionTimeoutMillis: 5_000,
      statement_timeout: 10_000,
      idle_in_transaction_session_timeout: 10_000,
    });
    // Without a listener, the loss of an idle connection would end the process. The next query opens a new one.
    this.#pool.on("error", () => {});
  }

  async migrate(): Promise<void> {
    const client = await this.#pool.connect().catch(asStoreError);
    try {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock($1)", [migrationLock]);
      await client.query("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)");
      const { rows } = await client.query<{ version: number }>("SELECT version FROM schema_version");
      const version = rows[0]?.version ?? 0;
      for (const migration of postgresMigrations.slice(version)) await client.query(migration);
      await client.query("DELETE FROM schema_version");
      await client.query("INSERT INTO schema_version VALUES ($1)", [
        Math.max(version, postgresMigrations.length),
      ]);
      await client.query("COMMIT");
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {});
      throw new StoreError(error);
    } finally {
      client.release();
    }
  }

  async bind(endpoint: string): Promise<string> {
    await this.#query("INSERT INTO binding (endpoint) VALUES ($1) ON CONFLICT DO NOTHING", [endpoint]);
    const { rows } = await this.#query<{ endpoint: string }>("SELECT endpoint FROM binding");
    return rows[0]?.endpoint ?? endpoint;
  }

  async ping(): Promise<void> {
    await this.#query("SELECT 1");
  }

  async findCurrent({ issuer, subject }: Caller): Promise<LedgerEntry | undefined> {
    const { rows } = await this.#query<LedgerRow>(
      "SELECT * FROM ledger WHERE issuer = $1 AND subject = $2 AND state = 'current'",
      [issuer, subject],
    );
    return rows.map(toEntry)[0];
  }

  async begin(id: string, { issuer, subject }: Caller): Promise<void> {
    await this.#query("INSERT INTO ledger (id, issuer, subject, state) VALUES ($1, $2, $3, 'creating')", [
      id,
      issuer,
      subject,
    ]);
  }

  async resume({ issuer, subject }: Caller): Promise<string | undefined> {
    const { rows } = await this.#query<{ id: string }>(
      `UPDATE ledger SET touched_at = now()
       WHERE state = 'creating' AND id = (
         SELECT id FROM ledger WHERE issuer = $1 AND subject = $2 AND state = 'creating'
         ORDER BY created_at LIMIT 1
       )
       RETURNING id`,
      [issuer, subject],
    );
    return rows[0]?.id;
  }

  async settle(id: string, caller: Caller, acsUserId: string): Promise<LedgerState> {
    if (await this.#becomeCurrent(id, acsUserId)) return "current";
    const { rows } = await this.#query<{ state: LedgerState }>(
      `INSERT INTO ledger (id, issuer, subject, state, acs_user_id) VALUES ($1, $2, $3, 'surplus', $4)
       ON CONFLICT (id) DO UPDATE SET acs_user_id = $4, touched_at = now(),
         state = CASE WHEN ledger.acs_user_id = $4 THEN ledger.state ELSE 'surplus' END
       RETURNING state`,
      [id, caller.issuer, caller.subject, acsUserId],
    );
    return rows[0]?.state ?? "surplus";
  }

  /** The unique index of current entries decides between two instances. */
  async #becomeCurrent(id: string, acsUserId: string): Promise<boolean> {
    try {
      const { rowCount } = await this.#query(
        `UPDATE ledger SET state = 'current', acs_user_id = $2, touched_at = now()
         WHERE id = $1 AND state = 'creating'`,
        [id, acsUserId],
      );
      return rowCount === 1;
    } catch (error) {
      if (error instanceof StoreError && codeOf(error.cause) === uniqueViolation) return false;
      throw error;
    }
  }

  async startDeletion({ issuer, subject }: Caller): Promise<LedgerEntry[]> {
    const caller = [issuer, subject];
    await this.#query(
      `UPDATE ledger SET state = 'deleting', touched_at = now()
       WHERE issuer = $1 AND subject = $2 AND state = 'current'`,
      caller,
    );
    const { rows } = await this.#query<LedgerRow>(
      "SELECT * FROM ledger WHERE issuer = $1 AND subject = $2 AND state = 'deleting'",
      caller,
    );
    return rows.map(toEntry);
  }

  async forget(id: string): Promise<void> {
    await this.#query("DELETE FROM ledger WHERE id = $1", [id]);
  }

  async markUnanswered(id: string): Promise<void> {
    await this.#query(
      `UPDATE ledger SET state = 'unanswered', issuer = '', subject = '', touched_at = now()
       WHERE id = $1 AND acs_user_id IS NULL`,
      [id],
    );
  }

  async claimUnfinished(idleForInSeconds: number, atMost: number): Promise<LedgerEntry[]> {
    const { rows } = await this.#query<LedgerRow>(
      `UPDATE ledger SET touched_at = now(), state = CASE state WHEN 'creating' THEN 'surplus' ELSE state END
       WHERE id IN (
         SELECT id FROM ledger
         WHERE state IN ('creating', 'surplus', 'deleting') AND touched_at <= now() - make_interval(secs => $1)
         ORDER BY touched_at LIMIT $2 FOR UPDATE SKIP LOCKED
       )
       RETURNING *`,
      [idleForInSeconds, atMost],
    );
    return rows.map(toEntry);
  }

  async countByState(): Promise<Readonly<Record<LedgerState, number>>> {
    const { rows } = await this.#query<{ state: LedgerState; count: number }>(
      "SELECT state, count(*)::integer AS count FROM ledger GROUP BY state",
    );
    return countsOf(rows);
  }

  async takePermit(key: string, { calls, perSeconds }: Limit): Promise<Permit> {
    const { rows } = await this.#query<{ calls_left: number | null; retry_after: number | null }>(
      "SELECT * FROM take_permit($1, $2, $3)",
      [key, calls, perSeconds],
    );
    const { calls_left: left = null, retry_after: retryAfterInSeconds } = rows[0] ?? {};
    return left === null
      ? { isGranted: false, retryAfterInSeconds: retryAfterInSeconds ?? 1 }
      : { isGranted: true, left };
  }

  async sweepPermits(): Promise<void> {
    await this.#query("DELETE FROM permits WHERE second < extract(epoch FROM now()) - 3600");
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  #query<Result extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
    return this.#pool.query<Result>(text, values).catch(asStoreError);
  }
}

function asStoreError(error: unknown): never {
  throw new StoreError(error);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
