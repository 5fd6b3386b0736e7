import { Socket } from "node:net";
import pg from "pg";

/** Milliseconds. Every query waits for a connection and then for its answer, so it ends within the sum of both. */
const longestConnect = 3_000;
const longestQuery = 4_000;
const longestClose = 2_000;
/** Queries that wait for a connection. More would only wait until they time out. */
const longestQueue = 100;

/** What the store needs of PostgreSQL: a server's pool of connections, or PGlite. */
export interface Database {
  query<Row extends object>(text: string, values?: unknown[]): Promise<{ readonly rows: Row[] }>;
  close(): Promise<void>;
}

/**
 * Works through PgBouncer in transaction mode: no prepared statements, session settings or startup parameters.
 * The limits are the client's own, because a server that is frozen or unreachable doesn't keep any.
 */
export function openPostgres(connectionString: string): Database {
  const sockets = new Set<Socket>();
  const pool = new pg.Pool({
    connectionString,
    application_name: "token-service",
    max: 10,
    connectionTimeoutMillis: longestConnect,
    query_timeout: longestQuery,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      return socket.once("close", () => sockets.delete(socket));
    },
  });
  // Without a listener, the loss of an idle connection would end the process. The next query opens a new one.
  pool.on("error", () => {});
  return {
    async query<Row extends object>(text: string, values: unknown[] = []) {
      if (pool.waitingCount >= longestQueue) throw new Error("too many queries wait for a connection");
      return pool.query<Row>(text, values);
    },
    async close() {
      // The pool says goodbye on each connection and waits for the server, which may never answer.
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, longestClose);
      await pool.end();
      clearTimeout(timer);
    },
  };
}
