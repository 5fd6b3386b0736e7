import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { call } from "../inProcess.js";
import { noPostgres, ownedByPostgres } from "../postgres.js";
import { type OwnLab, openOwnLab, root, runProgram } from "./lab.js";

const isRoot = process.getuid?.() === 0;
const reason = noPostgres || (isRoot ? "" : " (skipped: only root can give the key to PostgreSQL)");

/** Runs each service of compose.yaml by hand, on this machine's loopback addresses instead of its networks. */
describe.skipIf(reason)(`the services of compose.yaml${reason}`, () => {
  const { services } = parse(readFileSync(join(root, "compose.yaml"), "utf8"), { merge: true });
  let folder: string;
  let lab: OwnLab;
  let environment: Record<string, string>;
  const here = (text: string) => text.replaceAll("/tls", folder);
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "token-service-compose-"));
    ownedByPostgres(folder);
    const { entrypoint, command } = services.certificate;
    const [shell, ...options] = entrypoint;
    const script = here(command[0])
      .replaceAll("=postgres", "=localhost")
      .replace("DNS:postgres", "DNS:localhost");
    for (const _ of ["once", "again"]) execFileSync(shell, [...options, script], { stdio: "pipe" });
    lab = await openOwnLab(services.postgres.command.map(here));
    const { postgres } = lab.ground;
    postgres.psql("CREATE ROLE tokens SUPERUSER LOGIN PASSWORD 'letters'");
    postgres.requirePassword("tokens");
    const { pathname } = new URL(lab.databaseUrl);
    const DATABASE_URL = here(services["token-service"].environment.DATABASE_URL)
      .replace(/\$\{POSTGRES_PASSWORD[^}]*\}/, "letters")
      .replace("@postgres/tokens", `@localhost:${postgres.port}${pathname}`);
    environment = { DATABASE_URL };
  });
  afterAll(async () => {
    await lab?.close();
    rmSync(folder, { recursive: true });
  });

  it("stay connected when PostgreSQL starts again, and the health check sees the cut", async () => {
    expect(await runProgram(["dist/migrate.js"], environment)).toMatchObject({ status: 0 });
    const { url } = await lab.startInstance(environment);
    const alice = await lab.signIn("alice");
    const [, , evaluate, check] = services["token-service"].healthcheck.test;
    const script = check
      .replace('(5432, "postgres")', `(${lab.ground.postgres.port}, "localhost")`)
      .replace("http://127.0.0.1:8080", url);
    const health = () => spawnSync(process.execPath, [evaluate, script]).status;
    expect((await call(url, "POST", "/token", alice)).status).toBe(200);
    const tls =
      "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'tokens'";
    expect(lab.ground.postgres.psql(tls)).toBe("t\n");
    expect(health()).toBe(0);
    lab.database.on("error", () => {});
    lab.ground.postgres.signal("SIGKILL");
    expect((await call(url, "POST", "/token", alice)).status).toBe(503);
    expect(health()).toBe(1);
    await lab.ground.postgres.restart();
    await expect.poll(async () => (await call(url, "POST", "/token", alice)).status).toBe(200);
    expect(health()).toBe(0);
  });
});
