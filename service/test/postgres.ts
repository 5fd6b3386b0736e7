import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "../../test/helpers/freePort.js";
import { type Database, openPostgres } from "../src/store/database.js";
import { skippedWithout } from "./installed.js";

export interface Postgres {
  readonly port: number;
  /** Creates an empty database and returns its URL. */
  createDatabase(): Promise<string>;
  /** Returns a backup of a database. */
  dump(url: string): string;
  /** Creates a database from a backup and returns its URL. */
  restore(backup: string): Promise<string>;
  /** Makes the server check the password of a role. */
  requirePassword(role: string): void;
  /** Runs SQL as the server's administrator. */
  psql(sql: string, database?: string): string;
  /** Sends a signal to the server and to each process that serves a connection: `SIGKILL`, `SIGSTOP` or `SIGCONT`. */
  signal(signal: NodeJS.Signals): void;
  /** Starts the server again after a `SIGKILL`, with the same data on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Returns the folder of the server's programs: Debian's, or one in the PATH. */
function binaries(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian)
    ? readdirSync(debian).toSorted((one, other) => Number(other) - Number(one))
    : [];
  const folders = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(":"),
  ];
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

/** Returns the path of one of the server's programs. */
export function postgresProgram(name: string): string {
  return join(binaries() ?? "", name);
}

/** Why tests that need PostgreSQL are skipped; "" if they aren't. */
export const noPostgres: string = skippedWithout(binaries(), "PostgreSQL server");

const isRoot = process.getuid?.() === 0;

/** PostgreSQL and PgBouncer refuse to run as root, so there they run as `postgres`. */
export function asPostgres(program: string, ...args: string[]): [string, string[]] {
  return isRoot
    ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program, ...args]]
    : [program, args];
}

export function ownedByPostgres(path: string): void {
  if (!isRoot) return;
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  chownSync(path, id("-u"), id("-g"));
}

/**
 * Starts a server on a free port, with its data in a temporary folder.
 * @param others - More options of the server.
 */
export async function startPostgres(others: readonly string[] = []): Promise<Postgres> {
  const bin = binaries() ?? "";
  const folder = mkdtempSync(join(tmpdir(), "token-service-postgres-"));
  ownedByPostgres(folder);
  const options = { stdio: "ignore", cwd: folder } as const;
  const initialize = ["-D", folder, "-U", "test", "-A", "trust", "--no-sync", "-E", "UTF8"];
  execFileSync(...asPostgres(join(bin, "initdb"), ...initialize), options);
  const port = await freePort();
  const connection = ["-h", "127.0.0.1", "-p", String(port), "-U", "test"];
  const psql = (sql: string, database = "postgres") =>
    execFileSync(join(bin, "psql"), [...connection, "-d", database, "-AtX", "-c", sql], {
      stdio: "pipe",
      encoding: "utf8",
      timeout: 120_000,
    });
  const run = [
    "-D",
    folder,
    "-p",
    String(port),
    "-k",
    folder,
    "-h",
    "127.0.0.1",
    "-c",
    "max_connections=200",
    // Tests kill processes, not machines. Recovery after a kill would sync each file of each database.
    "-c",
    "fsync=off",
    ...others,
  ];
  let server: ChildProcess;

  function launch(): void {
    const started = spawn(...asPostgres(join(bin, "postgres"), ...run), options);
    server = started;
    // A test that times out doesn't stop its server.
    const kill = () => started.kill("SIGKILL");
    process.once("exit", kill);
    started.once("exit", () => process.off("exit", kill));
  }

  async function start(): Promise<void> {
    launch();
    const deadline = Date.now() + 60_000;
    for (;;) {
      try {
        psql("SELECT 1");
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        // A server doesn't start while processes of the one before it are still ending.
        if (server.exitCode !== null) launch();
        await sleep(100);
      }
    }
  }

  await start();
  let databases = 0;
  async function createDatabase(): Promise<string> {
    const name = `tokens_${++databases}`;
    // Other tests of this process may go on meanwhile.
    await promisify(execFile)(join(bin, "psql"), [
      ...connection,
      "-d",
      "postgres",
      "-c",
      `CREATE DATABASE ${name}`,
    ]);
    return `postgres://test@127.0.0.1:${port}/${name}`;
  }
  return {
    port,
    psql,
    createDatabase,
    dump: (url) => execFileSync(postgresProgram("pg_dump"), [url], { encoding: "utf8" }),
    async restore(backup) {
      const url = await createDatabase();
      execFileSync(join(bin, "psql"), ["-X", "-v", "ON_ERROR_STOP=1", url], { input: backup, stdio: "pipe" });
      return url;
    },
    requirePassword(role) {
      const file = join(folder, "pg_hba.conf");
      writeFileSync(file, `host all ${role} 127.0.0.1/32 scram-sha-256\n${readFileSync(file, "utf8")}`);
      psql("SELECT pg_reload_conf()");
    },
    signal(signal) {
      // While the server stands still, it starts no other process.
      server.kill("SIGSTOP");
      for (const pid of childrenOf(server.pid ?? 0)) process.kill(pid, signal);
      server.kill(signal);
    },
    async restart() {
      if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
      await start();
    },
    async stop() {
      const exit = server.exitCode === null && server.signalCode === null ? once(server, "exit") : undefined;
      // SIGQUIT ends the server at once, without a checkpoint.
      server.kill("SIGQUIT");
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Opens a database as the service does, with a password in the URL or none. */
export function openDatabase(url: string): Database {
  const noCredential = { getToken: async () => null };
  return openPostgres({ databaseUrl: url, databaseAuth: "password", databasePoolSize: 10 }, noCredential);
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}
