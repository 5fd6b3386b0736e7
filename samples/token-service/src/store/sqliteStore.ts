// This package has the API of node:sqlite. From Node 22.13 on, you can import "node:sqlite" instead.
import { DatabaseSync } from "@photostructure/sqlite";
import { sqliteMigrations } from "./sqliteMigrations.js";
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

type Value = string | number;

/** @param path - A file, which is created if it doesn't exist, or `:memory:`. */
export function openSqliteStore(path: string): Store {
  return new SqliteStore(path);
}

/** For one machine only, because SQLite's locks don't work over a network. Calls block the process for microseconds. */
class SqliteStore implements Store {
  readonly #database: InstanceType<typeof DatabaseSync>;

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: 5_000 });
    this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  }

  async migrate(): Promise<void> {
    this.#atomic(() => {
      const version = Number(this.#rows<{ user_version: number }>("PRAGMA user_version")[0]?.user_version);
      for (const migration of sqliteMigrations.slice(version)) this.#database.exec(migration);
      this.#database.exec(`PRAGMA user_version = ${Math.max(version, sqliteMigrations.length)}`);
    });
  }

  async bind(endpoint: string): Promise<string> {
    this.#rows("INSERT INTO binding VALUES (1, ?) ON CONFLICT DO NOTHING", endpoint);
    return this.#rows<{ endpoint: string }>("SELECT endpoint FROM binding")[0]?.endpoint ?? endpoint;
  }

  async ping(): Promise<void> {
    this.#rows("SELECT 1");
  }

  async findCurrent({ issuer, subject }: Caller): Promise<LedgerEntry | undefined> {
    return this.#entries(
      "SELECT * FROM ledger WHERE issuer = ? AND subject = ? AND state = 'current'",
      issuer,
      subject,
    )[0];
  }

  async begin(id: string, { issuer, subject }: Caller): Promise<void> {
    this.#rows(
      `INSERT INTO ledger (id, issuer, subject, state, created_at, touched_at)
       VALUES (?1, ?2, ?3, 'creating', ?4, ?4)`,
      id,
      issuer,
      subject,
      now(),
    );
  }

  async resume({ issuer, subject }: Caller): Promise<string | undefined> {
    const resumed = this.#rows<{ id: string }>(
      `UPDATE ledger SET touched_at = ? WHERE id = (
         SELECT id FROM ledger WHERE issuer = ? AND subject = ? AND state = 'creating'
         ORDER BY created_at LIMIT 1
       )
       RETURNING id`,
      now(),
      issuer,
      subject,
    );
    return resumed[0]?.id;
  }

  async settle(id: string, caller: Caller, acsUserId: string): Promise<LedgerState> {
    const settled = this.#rows<{ state: LedgerState }>(
      `INSERT INTO ledger (id, issuer, subject, state, acs_user_id, created_at, touched_at)
       VALUES (?1, ?2, ?3, 'surplus', ?4, ?5, ?5)
       ON CONFLICT (id) DO UPDATE SET acs_user_id = ?4, touched_at = ?5, state = CASE
         WHEN acs_user_id = ?4 THEN state
         WHEN state = 'creating' AND NOT EXISTS (
           SELECT * FROM ledger WHERE issuer = ?2 AND subject = ?3 AND state = 'current'
         ) THEN 'current'
         ELSE 'surplus' END
       RETURNING state`,
      id,
      caller.issuer,
      caller.subject,
      acsUserId,
      now(),
    );
    return settled[0]?.state ?? "surplus";
  }

  async startDeletion({ issuer, subject }: Caller): Promise<LedgerEntry[]> {
    this.#rows(
      `UPDATE ledger SET state = 'deleting', touched_at = ?
       WHERE issuer = ? AND subject = ? AND state = 'current'`,
      now(),
      issuer,
      subject,
    );
    return this.#entries(
      "SELECT * FROM ledger WHERE issuer = ? AND subject = ? AND state = 'deleting'",
      issuer,
      subject,
    );
  }

  async forget(id: string): Promise<void> {
    this.#rows("DELETE FROM ledger WHERE id = ?", id);
  }

  async markUnanswered(id: string): Promise<void> {
    this.#rows(
      `UPDATE ledger SET state = 'unanswered', issuer = '', subject = '', touched_at = ?
       WHERE id = ? AND acs_user_id IS NULL`,
      now(),
      id,
    );
  }

  async claimUnfinished(idleForInSeconds: number, atMost: number): Promise<LedgerEntry[]> {
    const time = now();
    return this.#entries(
      `UPDATE ledger SET touched_at = ?, state = CASE state WHEN 'creating' THEN 'surplus' ELSE state END
       WHERE id IN (
         SELECT id FROM ledger WHERE state IN ('creating', 'surplus', 'deleting') AND touched_at <= ?
         ORDER BY touched_at LIMIT ?
       )
       RETURNING *`,
      time,
      time - idleForInSeconds,
      atMost,
    );
  }

  async countByState(): Promise<Readonly<Record<LedgerState, number>>> {
    return countsOf(this.#rows("SELECT state, count(*) AS count FROM ledger GROUP BY state"));
  }

  async takePermit(key: string, { calls, perSeconds }: Limit): Promise<Permit> {
    return this.#atomic((): Permit => {
      const second = Math.floor(now());
      this.#rows("DELETE FROM permits WHERE key = ? AND second <= ?", key, second - perSeconds);
      const [{ used, oldest } = { used: 0, oldest: second }] = this.#rows<{ used: number; oldest: number }>(
        "SELECT coalesce(sum(taken), 0) AS used, min(second) AS oldest FROM permits WHERE key = ?",
        key,
      );
      if (used >= calls) {
        return { isGranted: false, retryAfterInSeconds: Math.max(1, oldest + perSeconds - second) };
      }
      this.#rows(
        `INSERT INTO permits VALUES (?, ?, 1)
         ON CONFLICT (key, second) DO UPDATE SET taken = taken + 1`,
        key,
        second,
      );
      return { isGranted: true, left: calls - used - 1 };
    });
  }

  async sweepPermits(): Promise<void> {
    this.#rows("DELETE FROM permits WHERE second < ?", now() - 3600);
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #entries(text: string, ...values: Value[]): LedgerEntry[] {
    return this.#rows<LedgerRow>(text, ...values).map(toEntry);
  }

  #rows<Result>(text: string, ...values: Value[]): Result[] {
    return storeErrors(() => this.#database.prepare(text).all(...values) as Result[]);
  }

  /** Locks out other processes from the start, so that nothing changes between the reads and the writes. */
  #atomic<Result>(work: () => Result): Result {
    return storeErrors(() => {
      this.#database.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        this.#database.exec("COMMIT");
        return result;
      } catch (error) {
        this.#database.exec("ROLLBACK");
        throw error;
      }
    });
  }
}

function storeErrors<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof StoreError ? error : new StoreError(error);
  }
}

function now(): number {
  return Date.now() / 1000;
}
