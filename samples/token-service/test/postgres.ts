import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Postgres {
  /** Creates an empty database and returns its URL. */
  createDatabase(): string;
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

/** Why PostgreSQL can't be started, for the titles of skipped tests; undefined if it can. */
export const noPostgres: string | undefined = binaries()
  ? undefined
  : " (skipped: no PostgreSQL server on this machine)";

/** Starts a server on a free port, with its data in a temporary folder. As root it runs as `postgres`, as it must. */
export async function startPostgres(): Promise<Postgres> {
  const bin = binaries() ?? "";
  const folder = mkdtempSync(join(tmpdir(), "token-service-postgres-"));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
    chownSync(folder, id("-u"), id("-g"));
  }
  const command = (program: string, ...args: string[]): [string, string[]] =>
    isRoot ? ["runuser", ["-u", "postgres", "--", join(bin, program), ...args]] : [join(bin, program), args];
  execFileSync(...command("initdb", "-D", folder, "-U", "test", "-A", "trust", "--no-sync", "-E", "UTF8"), {
    stdio: "ignore",
    cwd: folder,
  });
  const port = await freePort();
  const options = [
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
  ];
  const server = spawn(...command("postgres", ...options), { stdio: "ignore", cwd: folder });
  const exit = once(server, "exit");
  const psql = (sql: string) =>
    execFileSync(
      join(bin, "psql"),
      ["-h", "127.0.0.1", "-p", String(port), "-U", "test", "-d", "postgres", "-c", sql],
      {
        stdio: "pipe",
      },
    );
  for (let attempt = 0; ; attempt++) {
    try {
      psql("SELECT 1");
      break;
    } catch (error) {
      if (attempt === 100 || server.exitCode !== null) throw error;
      await sleep(100);
    }
  }
  let databases = 0;
  return {
    createDatabase() {
      const name = `tokens_${++databases}`;
      psql(`CREATE DATABASE ${name}`);
      return `postgres://test@127.0.0.1:${port}/${name}`;
    },
    async stop() {
      execFileSync(...command("pg_ctl", "stop", "-D", folder, "-m", "immediate"), {
        stdio: "ignore",
        cwd: folder,
      });
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
