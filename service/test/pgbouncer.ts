import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../test/helpers/freePort.js";
import { programPath, skippedWithout } from "./installed.js";
import { asPostgres, noPostgres, ownedByPostgres, type Postgres } from "./postgres.js";

export interface PgBouncer {
  /** Returns the URL of a database of the server through PgBouncer. */
  pooledUrl(databaseUrl: string): string;
  stop(): Promise<void>;
}

const program = programPath("pgbouncer");

/** Why tests that need PgBouncer are skipped; "" if they aren't. */
export const noPgBouncer: string = noPostgres || skippedWithout(program, "PgBouncer");

/** Starts PgBouncer in transaction mode, with two connections to the server for any number of clients. */
export async function startPgBouncer(postgres: Postgres): Promise<PgBouncer> {
  const folder = mkdtempSync(join(tmpdir(), "token-service-pgbouncer-"));
  const port = await freePort();
  const settings = {
    listen_addr: "127.0.0.1",
    listen_port: port,
    unix_socket_dir: folder,
    auth_type: "any",
    pool_mode: "transaction",
    default_pool_size: 2,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(
    file,
    `[databases]\n* = host=127.0.0.1 port=${postgres.port} user=test\n[pgbouncer]\n${lines.join("")}`,
  );
  ownedByPostgres(folder);
  ownedByPostgres(file);
  const bouncer = spawn(...asPostgres(program ?? "", file), { stdio: "ignore", cwd: folder });
  const exit = once(bouncer, "exit");
  while (!(await accepts(port))) await sleep(50);
  return {
    pooledUrl: (databaseUrl) => databaseUrl.replace(`:${postgres.port}/`, `:${port}/`),
    stop: async () => {
      bouncer.kill("SIGTERM");
      await exit;
      rmSync(folder, { recursive: true });
    },
  };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}
