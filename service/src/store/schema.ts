import { setTimeout as sleep } from "node:timers/promises";
import type { Query } from "./database.js";
import { migrationLock, migrationTo, schemaVersion } from "./migrations.js";
import { StoreError } from "./storeError.js";

/** The server's own limits, shorter than the client's, so that a statement ends before its connection is given up. */
const roleSettings = { statement_timeout: "3s", idle_in_transaction_session_timeout: "5s" };

/** What the service's role may do, by table. */
const rights = {
  ledger: "SELECT, INSERT, UPDATE, DELETE",
  arrivals: "SELECT, INSERT, UPDATE, DELETE",
  offboarded: "SELECT, INSERT, UPDATE, DELETE",
  binding: "SELECT, INSERT, UPDATE (revoking_since)",
  schema_version: "SELECT",
};
/** PostgreSQL's code for insufficient privileges. */
const lacksRight = "42501";

/** While a migration waits for a lock, everybody else waits behind it. So it gives up soon, and tries again later. */
const longestLockInMs = 500;
const lockPauseInMs = 2_000;

/** The tables, who may use them, and the ACS resource that they belong to. Each method may throw `StoreError`. */
export class Schema {
  readonly #query: Query;

  constructor(query: Query) {
    this.#query = query;
  }

  /**
   * Creates or updates the tables, and sets the rights and limits of the service's role. Changes a table only when nobody
   * else uses it, and lets others go on in the meantime. Migrations at the same time wait for each other.
   * @param serviceRole - The role that the service connects with, if it isn't this one. It gets the rights that it needs, and
   * no other.
   * @param waitInSeconds - How long it may take. After that, the server itself undoes what isn't finished.
   * @returns The statements by which an administrator has to limit the service's role, if this one may not.
   */
  async migrate(serviceRole?: string, waitInSeconds = 60): Promise<string> {
    const deadline = performance.now() + waitInSeconds * 1000;
    const change = async (sql: string): Promise<void> => {
      for (;;) {
        const left = Math.max(1, Math.ceil(deadline - performance.now()));
        try {
          await this.#query(`SET LOCAL statement_timeout = ${left}; SET LOCAL lock_timeout = ${longestLockInMs};
            SELECT pg_advisory_xact_lock(${migrationLock}); ${sql}`);
          return;
        } catch (error) {
          if (!(error instanceof StoreError && error.code === "55P03")) throw error;
          if (left <= lockPauseInMs + longestLockInMs) throw await this.#explainLock(waitInSeconds);
          await sleep(lockPauseInMs);
        }
      }
    };
    // Tables and rights change in one transaction, so that an instance never meets a table that it may not use.
    await change(serviceRole === undefined ? migrationTo() : `${migrationTo()}; ${grantsTo(serviceRole)}`);
    const limits = await this.#query<{ statement: string }>(
      `SELECT format('ALTER ROLE %I IN DATABASE %I SET %s = %L', rolname, datname, name, value) AS statement
       FROM unnest($2::text[], $3::text[]) AS setting (name, value), pg_roles, pg_database
       WHERE rolname = coalesce($1, current_user) AND datname = current_database() AND NOT EXISTS (
         SELECT FROM pg_db_role_setting
         WHERE setrole = pg_roles.oid AND setdatabase = pg_database.oid AND name || '=' || value = ANY (setconfig)
       )`,
      [serviceRole ?? null, Object.keys(roleSettings), Object.values(roleSettings)],
    );
    const statements = limits.map(({ statement }) => `${statement};`).join("\n");
    try {
      await change(statements);
      return "";
    } catch (error) {
      if (error instanceof StoreError && error.code === lacksRight) return statements;
      throw error;
    }
  }

  /** Names the sessions that may hold the lock, because their transaction has been open for some time. */
  async #explainLock(waitInSeconds: number): Promise<StoreError> {
    const [row] = await this.#query<{ who: string | null }>(
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
  async check(): Promise<void> {
    const [row] = await this.#query<{ version: number }>(
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
    await this.#query("INSERT INTO binding (endpoint) VALUES ($1) ON CONFLICT DO NOTHING", [endpoint]);
    const [bound] = await this.#query<{ endpoint: string }>("SELECT endpoint FROM binding");
    return bound?.endpoint ?? endpoint;
  }
}

/** PostgreSQL only warns if anybody but the owner grants nothing, but it refuses them a comment. */
function grantsTo(serviceRole: string): string {
  const role = `"${serviceRole.replaceAll('"', '""')}"`;
  const grants = Object.entries(rights).map(([table, list]) => `GRANT ${list} ON ${table} TO ${role}`);
  return `COMMENT ON TABLE ledger IS 'The users at ACS'; ${grants.join("; ")}`;
}
