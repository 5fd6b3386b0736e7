/**
 * Breaks the service in every way that its operators have to expect, and counts what got lost:
 * `npm run chaos -- --seed 1 --seconds 120`. The same seed gives the same calls, faults, kills and outages at the same
 * times. Exits with 1 if a user is unaccounted for, a response is wrong, or a caller waited too long.
 *
 * Three instances run on a PostgreSQL server and an emulator of their own, and collect garbage all the time. Between them
 * and the emulator is a proxy that knows which request created which user. `--gentle` leaves out kills and lost responses.
 * `--service FOLDER` takes another build of the service. `--beside FOLDER` takes another one for the first instance only, as
 * while a version replaces the one before.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Emulator, startEmulator } from "acs-identity/emulator";
import pg from "pg";
import { migrationTo } from "../../src/store/migrations.js";
import { objectIdOf, call as send, signIn, userIds } from "../inProcess.js";
import {
  announceSigterm,
  type Instance,
  instanceEnvironment,
  prepareGround,
  root,
  runProgram,
  runReconcile,
  spawnInstance,
} from "../instances/lab.js";
import { noPostgres } from "../postgres.js";
import { startAcsProxy } from "./acsProxy.js";
import { startProxy, type TcpProxy } from "./proxy.js";
import { type Action, type Call, keeperShare, schedule } from "./schedule.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "120" },
    rate: { type: "string", default: "12" },
    gentle: { type: "boolean", default: false },
    service: { type: "string", default: root },
    beside: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});
const callers = 200;
const plan = {
  seed: Number(values.seed),
  seconds: Number(values.seconds),
  callers,
  callsPerSecond: Number(values.rate),
  isGentle: values.gentle,
};
/** The service promises 15 s. */
const longestAnswerInMs = 16_000;
const callsPerMinuteAndCaller = 60;
const poolSize = 10;
/** Connections of killed instances end only with their last statement. */
const mostBackends = 3 * poolSize + 2 * poolSize;
/**
 * A caller whose creation was unanswered waits this long at least, and twice as long after each further one, until ACS
 * has created a user for somebody.
 */
const firstPauseInMs = 5_000;
/** Of ACS. The caller who hangs up does so before that, and after ACS has received the request. */
const tokenLatencyInMs = 200;
const hangUpAfterInMs = 120;
const garbageCollection = "setInterval(gc,2000).unref()";

if (noPostgres) {
  console.error(`No chaos${noPostgres}`);
  process.exit(1);
}

interface Place {
  readonly number: number;
  readonly proxy: TcpProxy;
  /** Undefined while the instance starts. */
  instance: Instance | undefined;
  starting: Promise<void>;
}

interface Answer {
  readonly at: number;
  readonly call: Call;
  readonly caller: number;
  readonly status: number | "no answer" | "hang";
  readonly durationInMs: number;
  readonly userId?: string;
  readonly problem?: string;
}

const start = performance.now();
let zero = start;
const now = () => Math.round(performance.now() - zero);
const story: { readonly at: number; readonly text: string }[] = [];
function tell(text: string): void {
  story.push({ at: now(), text });
  if (values.verbose) console.log(`${(now() / 1000).toFixed(1).padStart(6)} s  ${text}`);
}

const ground = await prepareGround();
const { postgres } = ground;
const folder = mkdtempSync(join(tmpdir(), "token-service-chaos-"));
const databaseUrl = await postgres.createDatabase();
const databaseName = new URL(databaseUrl).pathname.slice(1);
const emulatorOptions = { tls: ground.certificates, data: join(folder, "emulator.jsonl") };
let emulator: Emulator = await startEmulator(emulatorOptions);
const emulatorPort = Number(new URL(emulator.url).port);
const acs = await startAcsProxy(emulatorPort, ground.certificates, tokenLatencyInMs);
const direct = instanceEnvironment(emulator, databaseUrl, ground);
const environment = {
  ...direct,
  COMMUNICATION_ENDPOINT: acs.url,
  // An application's secret, because a managed identity's token takes longer to fail than a request.
  AZURE_TOKEN_CREDENTIALS: "EnvironmentCredential",
  AZURE_AUTHORITY_HOST: acs.url,
  AZURE_TENANT_ID: emulator.service.entra.tenantId,
  AZURE_CLIENT_ID: emulator.service.entra.clientId,
  AZURE_CLIENT_SECRET: emulator.service.entra.clientSecret,
  TOKEN_JWKS_URL: (direct.TOKEN_JWKS_URL ?? "").replace(emulator.url, acs.url),
  CALLS_PER_MINUTE_AND_CALLER: String(callsPerMinuteAndCaller),
};
const NODE_OPTIONS = `--expose-gc --import=data:text/javascript,${garbageCollection}`;
const exitCodes: (number | null)[] = [];

const places: Place[] = await Promise.all(
  [1, 2, 3].map(async (number) => ({
    number,
    proxy: await startProxy(postgres.port),
    instance: undefined,
    starting: Promise.resolve(),
  })),
);

/** Logs which attempts to create a user began, and which succeeded. */
const audit = `
CREATE TABLE audit (at timestamptz DEFAULT clock_timestamp(), id uuid, subject text, state text);
CREATE FUNCTION audit_ledger() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  INSERT INTO audit (id, subject, state) VALUES (NEW.id, NEW.subject, NEW.state);
  RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OF state ON ledger FOR EACH ROW EXECUTE FUNCTION audit_ledger();`;

const logs: (readonly string[])[] = [];

function startAt(place: Place): Promise<void> {
  const url = new URL(databaseUrl);
  url.port = String(place.proxy.port);
  url.username = "service";
  const settings = { DATABASE_URL: url.href, RECONCILE_AFTER_SECONDS: "15", LOG_LEVEL: "info" };
  place.starting = (async () => {
    for (;;) {
      try {
        const instance = await spawnInstance(
          { ...environment, ...settings, NODE_OPTIONS },
          /Listening at/,
          place.number === 1 && values.beside ? values.beside : values.service,
          () => {},
        );
        logs.push(instance.log);
        // Calls reach an instance before it is ready, as they do if a load balancer is late.
        place.instance = instance;
        const isReady = async () => (await fetch(`${instance.url}/readyz`).catch(() => {}))?.status === 200;
        const { process: child } = instance;
        while (child.exitCode === null && child.signalCode === null && !(await isReady())) await sleep(100);
        return;
      } catch (error) {
        tell(`instance ${place.number} didn't start: ${error instanceof Error ? error.message : error}`);
        await sleep(500);
      }
    }
  })();
  return place.starting;
}

const answers: Answer[] = [];

async function call(name: Call, caller: number, token: string, place: Place): Promise<void> {
  const at = now();
  const [method = "", path = ""] = name.split(" ");
  const { instance } = place;
  if (!instance) return;
  const note = (status: Answer["status"], rest: Partial<Answer> = {}) =>
    void answers.push({ at, call: name, caller, status, durationInMs: now() - at, ...rest });
  try {
    const response = await fetch(`${instance.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(45_000),
    });
    const text = await response.text();
    const { status, headers } = response;
    const body = text ? JSON.parse(text) : {};
    const userId: string | undefined = body.user?.communicationUserId;
    const isExpected =
      status === 200
        ? typeof body.token === "string" && userId !== undefined
        : status === 204 ||
          (status === 403 && body.code === "offboarded" && leaving.has(caller)) ||
          (body.code !== "sign-in-unavailable" &&
            (status === 503 || status === 429) &&
            Number(headers.get("Retry-After")) > 0);
    note(status, { ...(userId ? { userId } : {}), ...(isExpected ? {} : { problem: `${status} ${text}` }) });
  } catch (error) {
    const isHang = error instanceof Error && error.name === "TimeoutError";
    note(isHang ? "hang" : "no answer");
  }
}

/** Whom `npm run offboard` was given, and when it had finished. */
const leaving = new Map<number, number>();

/** Runs a command again, as the runbook says, while what it needs is down. */
async function offboard(caller: number): Promise<void> {
  leaving.set(caller, Number.POSITIVE_INFINITY);
  const command = ["dist/offboard.js", "--subject", objectIdOf(`caller ${caller}`)];
  const env = { ...environment, LOG_LEVEL: "silent" };
  for (let attempt = 1; ; attempt++) {
    const { status, output } = await runProgram(command, env, "", values.service);
    if (status === 0 || status === 3) break;
    if (status !== 2 || attempt === 60) throw new Error(`npm run offboard ended with ${status}: ${output}`);
    await sleep(1_000);
  }
  leaving.set(caller, now());
  tell(`caller ${caller} is offboarded`);
}

async function restartEmulator(): Promise<void> {
  await emulator.close();
  acs.learn(emulator.service.requests);
  emulator = await startEmulator({ ...emulatorOptions, port: emulatorPort });
}

/** What goes on in the background, such as an outage that ends later. */
const running: Promise<void>[] = [];

async function restart(number: number): Promise<void> {
  const place = places[number];
  if (!place?.instance) return;
  const { instance } = place;
  place.instance = undefined;
  tell(`kill -9 of instance ${place.number}`);
  await instance.end();
  await startAt(place);
}

let backends = 0;

async function lockLedger(forInMs: number): Promise<void> {
  const [locker, counter] = [new pg.Client(databaseUrl), new pg.Client(databaseUrl)];
  for (const client of [locker, counter]) await client.on("error", () => {}).connect();
  await locker.query("BEGIN; LOCK TABLE ledger");
  for (const end = now() + forInMs; now() < end; await sleep(200)) {
    const { rows } = await counter.query(
      "SELECT count(*)::integer AS count FROM pg_stat_activity WHERE application_name = 'token-service'",
    );
    backends = Math.max(backends, rows[0].count);
  }
  for (const client of [locker, counter]) await client.end();
}

async function perform(action: Action): Promise<void> {
  switch (action.type) {
    case "call": {
      const place = places[action.instance];
      if (place) await call(action.call, action.caller, tokens[action.caller] ?? "", place);
      return;
    }
    case "hangUp": {
      const { instance } = places[action.instance] ?? {};
      const headers = { Authorization: `Bearer ${tokens[action.caller]}` };
      const options = { method: "POST", headers, signal: AbortSignal.timeout(hangUpAfterInMs) };
      if (instance) await fetch(`${instance.url}/token`, options).catch(() => {});
      return;
    }
    case "offboard":
      return offboard(action.caller);
    case "fault":
      return emulator.service.failNext(action.fault);
    case "breakCreation":
      return acs.breakNext(action.response);
    case "killInstance":
      return restart(action.instance);
    case "stopEarly": {
      const instance = await spawnInstance(
        { ...environment, NODE_OPTIONS: announceSigterm },
        /^\{\}$/,
        values.service,
        () => {},
      );
      await sleep(action.afterInMs);
      exitCodes.push(await instance.end("SIGTERM"));
      return;
    }
    case "refuse": {
      tell(`Entra refuses ${action.what}`);
      acs.refuse(action.what === "tokens" ? /\/oauth2\// : /\/discovery\//);
      const restarted = restart(action.instance);
      await sleep(action.forInMs);
      acs.refuse(undefined);
      await restarted;
      return tell("Entra works again");
    }
    case "cutAcs":
      return acs.cut();
    case "freezeAcs":
      tell("ACS freezes");
      await acs.freeze(action.forInMs);
      return tell("ACS continues");
    case "lockPostgres":
      tell("the ledger is locked");
      await lockLedger(action.forInMs);
      return tell("the ledger is free again");
    case "moveClock":
      tell(`the clock of PostgreSQL jumps by ${action.bySeconds} s`);
      moveClock(action.bySeconds);
      await sleep(action.forInMs);
      moveClock(-action.bySeconds);
      return tell("the clock is right again");
    case "migrate": {
      const idle = new pg.Client(databaseUrl);
      await idle.on("error", () => {}).connect();
      await idle.query("BEGIN; SELECT FROM ledger");
      tell(`npm run migrate ends with ${await migrate(30)}`);
      return idle.end();
    }
    case "killPostgres":
      tell("kill -9 of PostgreSQL");
      postgres.signal("SIGKILL");
      await postgres.restart();
      return tell("PostgreSQL is back");
    case "freezePostgres":
      tell("PostgreSQL freezes");
      postgres.signal("SIGSTOP");
      await sleep(action.forInMs);
      postgres.signal("SIGCONT");
      return tell("PostgreSQL continues");
    case "replacePostgres":
      tell("PostgreSQL freezes for good");
      postgres.signal("SIGSTOP");
      await sleep(action.afterInMs);
      for (const { proxy } of places) proxy.freezeConnections();
      postgres.signal("SIGKILL");
      await postgres.restart();
      return tell("another PostgreSQL answers, and the old connections stay silent");
    case "restartEmulator":
      tell("the emulator stops");
      await restartEmulator();
      return tell("the emulator is back");
  }
}

const failures: string[] = [];
/** When the clock of PostgreSQL jumped. */
const jumps: { readonly from: number; readonly to: number }[] = [];

/** Moves everything that has happened into the past, which is the same as a clock that is ahead. */
function moveClock(seconds: number): void {
  const from = Date.now();
  const by = `- make_interval(secs => ${seconds})`;
  postgres.psql(
    `UPDATE arrivals SET next_at = next_at ${by};
     UPDATE ledger SET created_at = created_at ${by}, touched_at = touched_at ${by}, revoked_at = revoked_at ${by}`,
    databaseName,
  );
  jumps.push({ from, to: Date.now() });
}

/** Resolves with the exit code. */
async function migrate(seconds: number): Promise<number | null> {
  const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl, DATABASE_SERVICE_ROLE: "service" };
  const options = { cwd: values.service, env, stdio: "ignore" } as const;
  const child = spawn(process.execPath, ["dist/migrate.js", "--wait", String(seconds)], options);
  return (await once(child, "exit"))[0];
}

// The instances start before the tables are migrated, and say so. For that, a backup has to end.
const starting = Promise.all(places.map(startAt));
postgres.psql(`${migrationTo(1)}; GRANT SELECT ON schema_version TO service`, databaseName);
while (!logs.flat().some((line) => line.includes("run the migrations of this version first")))
  await sleep(100);
const backup = new pg.Client(databaseUrl);
await backup.connect();
await backup.query("BEGIN; LOCK TABLE ledger IN ACCESS SHARE MODE");
if ((await migrate(3)) !== 2) failures.push("npm run migrate didn't end with 2 during a backup");
await backup.end();
if ((await migrate(60)) !== 0) failures.push("npm run migrate failed after the backup");
postgres.psql(audit, databaseName);
await starting;
const tokens = await Promise.all(
  Array.from({ length: callers }, (_, index) => signIn(emulator, `caller ${index}`)),
);
/** The ledger's only user: nothing but the deletions themselves shows that ACS is the right one. */
for (let round = 0; round < 10; round++) {
  const [url = "", other = ""] = places.map(({ instance }) => instance?.url ?? "");
  const [token = ""] = tokens;
  await send(url, "POST", "/token", token);
  for (const { status } of await Promise.all(
    [url, other].map((each) => send(each, "DELETE", "/user", token)),
  )) {
    const problem = status === 204 ? {} : { problem: `${status} to one of two simultaneous deletions` };
    answers.push({ at: now(), call: "DELETE /user", caller: 0, status, durationInMs: 0, ...problem });
  }
}
zero = performance.now();
const steps = schedule(plan);
console.log(`seed ${plan.seed}, ${plan.seconds} s${plan.isGentle ? ", gentle" : ""}: ${steps.length} steps`);
let outage: Promise<void> = Promise.resolve();
const isOutage = ({ type }: Action) => /Postgres$|^(?:freezeAcs|refuse|moveClock|migrate)$/.test(type);
for (const { atInMs, action } of steps) {
  if (atInMs > now()) await sleep(atInMs - now());
  if (isOutage(action)) {
    // The steps run one after the other, however slow this machine is.
    outage = outage.then(() => perform(action));
    running.push(outage);
  } else running.push(perform(action));
}
await Promise.all(running);
tell("the last answer has arrived");

// What is left of the faults would hit the reconciliation.
await restartEmulator();
await Promise.all(places.map(({ starting }) => starting));
await sleep(11_000);
for (const place of places) exitCodes.push((await place.instance?.end("SIGTERM")) ?? null);

let counts: Readonly<Record<string, number>> = {};
for (let attempt = 0; attempt < 30; attempt++) {
  await sleep(1_100);
  const reconciliation = await runReconcile(values.service, {
    ...environment,
    RECONCILE_AFTER_SECONDS: "1",
  });
  counts = reconciliation.entries;
  const { creating, surplus, deleting } = counts;
  if (creating === 0 && surplus === 0 && deleting === 0) break;
}

interface Entry {
  readonly id: string;
  readonly subject: string;
  readonly acs_user_id: string | null;
  readonly state: string;
}
interface Change {
  readonly at: number;
  readonly id: string;
  readonly subject: string;
  readonly state: string;
}
const queryJson = (sql: string) => JSON.parse(postgres.psql(sql, databaseName).trim() || "[]");
const ledger: readonly Entry[] = queryJson("SELECT json_agg(ledger) FROM ledger");
const changes: readonly Change[] = queryJson(
  "SELECT json_agg(each ORDER BY at) FROM (SELECT extract(epoch FROM at) * 1000 AS at, id, subject, state FROM audit) AS each",
);
const known = new Set(ledger.map(({ acs_user_id }) => acs_user_id));
const unanswered = new Set(ledger.filter(({ state }) => state === "unanswered").map(({ id }) => id));
const existing = new Set(userIds(emulator));
const orphans = [...existing].filter((id) => !known.has(id));
for (const orphan of orphans) {
  const request = acs.creations.get(orphan) ?? "";
  if (!unanswered.has(request)) failures.push(`unaccounted: ${orphan}, created by the request ${request}`);
}
if (plan.isGentle && orphans.length > 0) failures.push("a user got lost without a kill or a lost answer");
for (const { state, acs_user_id } of ledger) {
  if (state === "current" && !existing.has(acs_user_id ?? "")) failures.push(`${acs_user_id} doesn't exist`);
}

const servedAt = changes.filter(({ state }) => state === "current").map(({ at }) => at);
/** Each caller's unanswered creations, and when the caller's next one began. */
for (const subject of new Set(changes.map((change) => change.subject))) {
  let pauseInMs = 0;
  let since = 0;
  for (const { at, id, state } of changes.filter((change) => change.subject === subject)) {
    if (state === "current") pauseInMs = 0;
    if (state !== "creating") continue;
    // A time that was ahead counts as long ago, so that the caller may begin anew.
    if (jumps.some(({ from, to }) => to > since && from < at)) pauseInMs = 0;
    const isServed = servedAt.some((time) => time > since && time < at);
    if (isServed) pauseInMs = Math.min(pauseInMs, firstPauseInMs);
    if (at - since < pauseInMs) {
      const seconds = ((at - since) / 1000).toFixed(1);
      failures.push(`${subject} made ${id} ${seconds} s after the last one, which ACS left unanswered`);
    }
    if (!unanswered.has(id)) continue;
    pauseInMs = pauseInMs === 0 || isServed ? firstPauseInMs : 2 * pauseInMs;
    since = at;
  }
}

for (const { at, text } of story)
  if (!values.verbose) console.log(`${(at / 1000).toFixed(1).padStart(6)} s  ${text}`);
const { creating, surplus, deleting } = counts;
if (creating !== 0 || surplus !== 0 || deleting !== 0) failures.push(`unfinished: ${JSON.stringify(counts)}`);
for (const { call: name, caller, problem, at } of answers) {
  if (!problem) continue;
  const requestId = /"requestId":"([^"]+)/.exec(problem)?.[1] ?? "none";
  const why = logs.flat().filter((line) => line.includes(requestId));
  failures.push(
    [
      `wrong answer to ${name} of caller ${caller} at ${at / 1000} s: ${problem}`,
      ...why.map((line) => line.slice(0, 500)),
    ].join("\n    "),
  );
}
const ids = answers.flatMap(({ caller, userId }) => (userId ? [[caller, userId] as const] : []));
const owners = new Map<string, number>();
for (const [caller, id] of ids) {
  if ((owners.get(id) ?? caller) !== caller) failures.push(`two callers share ${id}`);
  owners.set(id, caller);
}
for (let caller = 0; caller < callers * keeperShare; caller++) {
  const own = new Set(ids.filter(([each]) => each === caller).map(([, id]) => id));
  if (own.size > 1) failures.push(`caller ${caller} has ${own.size} users`);
}
for (const [caller, finishedAt] of leaving) {
  const own = answers.filter((answer) => answer.caller === caller);
  // The version before has no such answer, and issues tokens until the user is deleted.
  const refusals = values.beside ? [] : own.filter(({ status }) => status === 403);
  const end = Math.min(finishedAt, ...refusals.map(({ at, durationInMs }) => at + durationInMs));
  const late = own.filter(({ at, status }) => status === 200 && at > end);
  if (late.length > 0) failures.push(`caller ${caller} got ${late.length} tokens after the offboarding`);
  const subject = objectIdOf(`caller ${caller}`);
  if (ledger.some((entry) => entry.subject === subject && entry.acs_user_id)) {
    failures.push(`caller ${caller} still has a user after the offboarding`);
  }
}
const slowest = Math.max(...answers.map(({ durationInMs }) => durationInMs));
if (slowest > longestAnswerInMs || answers.some(({ status }) => status === "hang")) {
  failures.push(`the slowest answer took ${slowest} ms`);
}
const rude = objectIdOf(`caller ${callers - 1}`);
const rudeUsers = queryJson(`SELECT json_agg(acs_user_id) FROM ledger WHERE subject = '${rude}'`) as string[];
const rudeCalls = rudeUsers.reduce((sum, id) => sum + (acs.tokenRequests.get(id) ?? 0), 0);
const mostRudeCalls = callsPerMinuteAndCaller * (1 + plan.seconds / 60 + jumps.length / 2);
if (rudeCalls > mostRudeCalls) {
  failures.push(`the caller who hangs up made ${rudeCalls} calls at ACS, and may make ${mostRudeCalls}`);
}
for (const line of logs.flat()) {
  const { cause } = JSON.parse(line);
  const says = cause?.message ?? cause?.statusCode ?? cause?.code;
  if (cause && !says) failures.push(`a line of the log doesn't say why: ${line}`);
}
if (backends > mostBackends) failures.push(`PostgreSQL had ${backends} connections of the instances`);
if (exitCodes.some((code) => code !== 0)) failures.push(`exit codes after SIGTERM: ${exitCodes.join(", ")}`);

const statuses = new Map<string, number>();
for (const { status } of answers) statuses.set(String(status), (statuses.get(String(status)) ?? 0) + 1);
console.log(
  `${answers.length} answers: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(", ")}; slowest ${(slowest / 1000).toFixed(1)} s`,
);
console.log(
  `seed ${plan.seed}: ${existing.size} users at ACS, ${known.size - (known.has(null) ? 1 : 0)} in the ledger, ${orphans.length} beyond it, ${unanswered.size} unanswered, at most ${backends} connections, ${rudeCalls} calls of the caller who hangs up, ${leaving.size} offboarded, ${failures.length === 0 ? "all accounted for" : "FAILED"}`,
);
for (const failure of failures) console.log(`  ${failure}`);

for (const { proxy } of places) proxy.close();
acs.close();
await emulator.close();
await ground.close();
rmSync(folder, { recursive: true });
process.exitCode = failures.length === 0 ? 0 : 1;
