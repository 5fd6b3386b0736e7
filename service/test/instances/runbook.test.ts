import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, objectIdOf } from "../inProcess.js";
import { programPath, skippedWithout } from "../installed.js";
import { noPostgres, postgresProgram } from "../postgres.js";
import { instanceEnvironment, type OwnLab, openOwnLab, root } from "./lab.js";

const runbook = readFileSync(join(root, "operations/runbook.md"), "utf8");
const noTools = noPostgres || skippedWithout(programPath("jq"), "jq");

/** What the runbook tells the operator to type: its blocks, and the commands and statements in its sentences. */
const blocks = [...runbook.matchAll(/(?:^ {4}.+\n)+/gm)].map(([block]) => block.replace(/^ {4}/gm, ""));
const inSentences = (start: string) =>
  [...new Set(runbook.match(new RegExp(`(?<=\`)${start}[^\`]*(?=\`)`, "g")))].toSorted();

describe.skipIf(noTools)(`the runbook${noTools}`, () => {
  let lab: OwnLab;
  let environment: Record<string, string>;
  beforeAll(async () => {
    lab = await openOwnLab();
    const path = [dirname(postgresProgram("psql")), process.env.PATH].join(":");
    environment = {
      ...instanceEnvironment(lab.emulator, lab.databaseUrl, lab.ground),
      PATH: path,
      LOG_LEVEL: "silent",
    };
  });
  afterAll(() => lab?.close());

  /** Runs lines of the runbook as a shell does. The programs are those that `npm run` runs, without a build. */
  async function shell(lines: string, more: Record<string, string> = {}, input = "") {
    const npm = `npm() { local name=$2; shift 2; [ "\${1-}" = -- ] && shift; (cd '${root}' && node "dist/$name.js" "$@"); }\n`;
    const child = spawn("bash", ["--norc", "-e", "-c", npm + lines], {
      cwd: lab.folder,
      env: { ...environment, ...more },
    });
    // Most commands don't read their input, and can end before it is written.
    child.stdin.on("error", () => {}).end(input);
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    const [status] = await once(child, "exit");
    const [printed, errors] = await output;
    return { status, printed, errors };
  }

  it("has no command that fails, and none that this test doesn't run", async () => {
    const alice = await lab.signIn("alice");
    const instance = await lab.startInstance();
    await call(instance.url, "POST", "/token", alice);
    await instance.end();
    writeFileSync(join(lab.folder, "ids"), `${objectIdOf("alice")}\n${objectIdOf("bob")}\n`);
    const owner = {
      DATABASE_URL: lab.databaseUrl.replace("service@", "test@"),
      DATABASE_SERVICE_ROLE: "service",
    };
    const commands = [
      ...inSentences("npm run"),
      ...inSentences("(?:SELECT|DELETE) ").map((sql) => `psql "$DATABASE_URL" -c "${sql}"`),
    ];
    expect(commands.length).toBeGreaterThan(5);
    for (const command of commands) {
      const line = command.replace("<object id>", objectIdOf("alice"));
      const { status, errors } = await shell(line, line.includes("migrate") ? owner : {});
      // Exit code 3 says that nobody is left to be offboarded.
      expect(line.includes("offboard") ? [0, 3] : [0], `${line}: ${errors}`).toContain(status);
    }
    // The others are about PostgreSQL, and the drill.
    expect(blocks).toHaveLength(2);
  });

  it("finds in the log of npm start what each line is for", async () => {
    const { service, url } = lab.emulator;
    const alice = await lab.signIn("alice");
    const key = Buffer.alloc(64, "another key").toString("base64");
    const states: Record<string, string>[] = [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/nothing`,
        OTEL_METRIC_EXPORT_INTERVAL: "200",
        CALLS_PER_MINUTE_AND_CALLER: "2",
      },
      { TOKEN_AUDIENCE: "elsewhere" },
      { COMMUNICATION_ENDPOINT: "", COMMUNICATION_CONNECTION_STRING: `endpoint=${url};accesskey=${key}` },
      { SHARE_OF_LIMITS: "0.001" },
      { DATABASE_POOL_SIZE: "1" },
    ];
    const instances = await Promise.all(states.map((state) => lab.startInstance(state)));
    for (const instance of instances.slice(0, 4))
      for (const token of [alice, alice, "wrong"]) await call(instance.url, "POST", "/token", token);
    const [, , , , last] = instances;
    service.failNext({ operation: "getToken", delayInMs: 3_100 });
    expect((await call(last?.url ?? "", "POST", "/token", alice)).status).toBe(200);
    lab.ground.postgres.psql("ALTER ROLE service SET default_transaction_read_only = on");
    await lab.database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'service'",
    );
    await expect.poll(async () => (await call(last?.url ?? "", "POST", "/token", alice)).status).toBe(503);
    const logged = () =>
      [
        "",
        "> token-service@1.0.0 start",
        "> node dist/main.js",
        "",
        ...instances.flatMap(({ log }) => log),
      ].join("\n");
    await expect
      .poll(() =>
        [/OpenTelemetry failed/, /"refused"/, /"dependency":"acs"/].every((part) => part.test(logged())),
      )
      .toBe(true);
    await Promise.all(instances.map((instance) => instance.end()));
    lab.ground.postgres.psql("ALTER ROLE service RESET default_transaction_read_only");
    // A bug is the only state that nobody can bring about.
    const log = `${logged()}\n{"code":"internal","cause":{"stack":"Error"}}\n`;
    const lines = inSentences("jq ");
    expect(lines).toHaveLength(11);
    for (const line of lines) {
      const { status, printed, errors } = await shell(line, {}, log);
      expect([status, errors], line).toEqual([0, ""]);
      expect(printed, line).not.toBe("");
    }
    const [ofPostgres = ""] = lines.filter((line) => line.includes("StoreError"));
    expect((await shell(ofPostgres, {}, log)).printed).toContain("read-only transaction");
  });

  it("finds who holds a lock, and ends them", async () => {
    const admin = lab.databaseUrl.replace("service@", "test@");
    const [holder, waiter] = [new pg.Client(admin), new pg.Client(admin)];
    for (const client of [holder, waiter]) {
      client.on("error", () => {});
      await client.connect();
    }
    await holder.query("BEGIN; LOCK TABLE ledger");
    const isFree = waiter.query("SELECT FROM ledger");
    const { rows } = await holder.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const PID = String(rows[0]?.pid);
    const [block = ""] = blocks.filter((each) => each.includes("pg_blocking_pids"));
    const waiting = "SELECT FROM pg_locks WHERE NOT granted";
    await expect.poll(async () => (await lab.database.query(waiting)).rowCount).toBe(1);
    const { status, printed, errors } = await shell(block, { ADMIN_URL: admin, PID });
    expect(status, errors).toBe(0);
    expect(printed).toMatch(new RegExp(` +\\| \\{${PID}\\} +\\| SELECT FROM ledger`));
    await isFree;
    await waiter.end();
  });

  it("has a restore drill that keeps every user, as a role that administers no other", async () => {
    const { postgres } = lab.ground;
    const carol = await lab.signIn("carol");
    const instance = await lab.startInstance();
    expect((await call(instance.url, "POST", "/token", carol)).status).toBe(200);
    await instance.end();
    const [{ kept } = { kept: 0 }] = (
      await lab.database.query<{ kept: string }>(
        "SELECT count(*) AS kept FROM ledger WHERE state = 'current'",
      )
    ).rows;
    expect(Number(kept)).toBeGreaterThan(0);
    postgres.psql("CREATE ROLE drill LOGIN CREATEDB");
    const url = new URL(lab.databaseUrl);
    const changeOwners = `DO $$ DECLARE owned text; BEGIN
      FOR owned IN SELECT format('TABLE %I', tablename) FROM pg_tables WHERE schemaname = 'public'
        UNION ALL SELECT format('FUNCTION %s', oid::regprocedure) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      LOOP EXECUTE format('ALTER %s OWNER TO drill', owned); END LOOP; END $$`;
    postgres.psql(changeOwners, url.pathname.slice(1));
    const drillUrl = (name: string) =>
      lab.databaseUrl.replace("service@", "drill@").replace(url.pathname, name);
    const [block = ""] = blocks.filter((each) => each.includes("pg_dump"));
    const lines = block.replace("postgres://…/restored?…", drillUrl("/restored"));
    const { status, printed, errors } = await shell(lines, {
      DATABASE_URL: drillUrl(url.pathname),
      DATABASE_SERVICE_ROLE: "service",
      ADMIN_URL: lab.databaseUrl.replace("service@", "test@"),
    });
    expect(status, errors).toBe(0);
    expect(printed).toContain(`"current":${kept}`);
    const limits = postgres.psql(
      "SELECT setconfig FROM pg_db_role_setting JOIN pg_database ON oid = setdatabase WHERE datname = 'restored'",
    );
    expect(limits).toContain("statement_timeout=3s");
  });
});
