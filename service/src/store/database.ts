import { setMaxListeners } from "node:events";
import { Socket } from "node:net";
import type { TokenCredential } from "@azure/identity";
import pg from "pg";
import { parseIntoClientConfig } from "pg-connection-string";
import { timed } from "../metrics.js";
import { Overload } from "../problem.js";
import type { DatabaseSettings } from "../settings.js";
import { StoreError } from "./storeError.js";

/** Milliseconds. Every query waits for a connection and then for its response, so it ends within the sum of both. */
const longestConnect = 3_000;
const longestClose = 2_000;
/** Queries that wait for a connection. More would only wait until they time out, so that they are refused. */
const longestQueue = 100;

export interface QueryOptions {
  /**
   * Whether it waits however many others do: because what it records has happened at ACS, or because it checks the database.
   * @defaultValue false
   */
  readonly isNeverRefused?: boolean;
}

/** What the store needs of PostgreSQL: a server's pool of connections, or PGlite. */
export interface Database {
  query<Row extends object>(
    text: string,
    values?: unknown[],
    options?: QueryOptions,
  ): Promise<{ readonly rows: Row[] }>;
  close(): Promise<void>;
}

/** Runs a query, and returns its rows. Throws `StoreError`, or `Overload` if too many queries wait. */
export type Query = <Row extends object>(
  text: string,
  values?: unknown[],
  options?: QueryOptions,
) => Promise<Row[]>;

export function createQuery(database: Database): Query {
  return async <Row extends object>(text: string, values: unknown[] = [], options: QueryOptions = {}) => {
    try {
      return (await timed("database", () => database.query<Row>(text, values, options))).rows;
    } catch (error) {
      throw error instanceof Overload ? error : new StoreError(error);
    }
  };
}

const entraScope = "https://ossrdbms-aad.database.windows.net/.default";

/**
 * Works through PgBouncer in transaction mode: no prepared statements, session settings or startup parameters.
 * The limits are the client's own, because a server that is frozen or unreachable doesn't keep any.
 * @param credential - With Entra authentication, each new connection takes its token as the password.
 */
export function openPostgres(
  { databaseUrl, databaseAuth, databasePoolSize }: DatabaseSettings,
  credential: TokenCredential,
  longestQuery = 4_000,
): Database {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const pool = new pg.Pool({
    ...parseIntoClientConfig(databaseUrl),
    ...(databaseAuth === "entra"
      ? { password: async () => (await credential.getToken(entraScope))?.token ?? "" }
      : {}),
    application_name: "token-service",
    max: databasePoolSize,
    connectionTimeoutMillis: longestConnect,
    query_timeout: longestQuery,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    stream: () => new Socket({ signal: closing.signal }),
  });
  // Without a listener, the loss of an idle connection would end the process. The next query opens a new one.
  pool.on("error", () => {});
  return {
    async query<Row extends object>(text: string, values: unknown[] = [], { isNeverRefused = false } = {}) {
      if (pool.waitingCount >= longestQueue && !isNeverRefused) throw new Overload("database", 1);
      return pool.query<Row>(text, values);
    },
    async close() {
      // The pool says goodbye on each connection and waits for the server, which may never answer.
      const timer = setTimeout(() => closing.abort(), longestClose);
      await pool.end();
      clearTimeout(timer);
    },
  };
}
