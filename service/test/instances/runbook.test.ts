import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
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
    for (const token of [alice, "wrong"]) await call(instance.url, "POST", "/token", token);
    await instance.end();
    const logged = `${instance.log.join("\n")}\n`;
    writeFileSync(join(lab.folder, "ids"), `${objectIdOf("alice")}\n${objectIdOf("bob")}\n`);
    const owner = {
      DATABASE_URL: lab.databaseUrl.replace("service@", "test@"),
      DATABASE_SERVICE_ROLE: "service",
    };
    const commands = [
      ...inSentences("npm run"),
      ...inSentences("(?:SELECT|DELETE) ").map((sql) => `psql "$DATABASE_URL" -c "${sql}"`),
      ...inSentences("jq "),
    ];
    expect(commands.length).toBeGreaterThan(12);
    for (const command of commands) {
      const line = command.replace("<object id>", objectIdOf("alice"));
      const { status, errors } = await shell(line, line.includes("migrate") ? owner : {}, logged);
      // Exit code 3 says that nobody is left to be offboarded.
      expect(line.includes("offboard") ? [0, 3] : [0], `${line}: ${errors}`).toContain(status);
    }
    // The only block is the drill.
    expect(blocks).toHaveLength(1);
  });

  it("has a restore drill that keeps every user, as a role that administers no other", async () => {
    const { postgres } = lab.ground;
    const carol = await lab.signIn("carol");
    const instance = await lab.startInstance();
    expect((await call(instance.url, "POST", "/token", carol)).status).toBe(200);
    await instance.end();
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
    expect(printed).toContain('"current":1');
    const limits = postgres.psql(
      "SELECT setconfig FROM pg_db_role_setting JOIN pg_database ON oid = setdatabase WHERE datname = 'restored'",
    );
    expect(limits).toContain("statement_timeout=3s");
  });
});
