/**
 * Breaks the service in every way that its operators have to expect, and counts what got lost:
 * `npm run chaos -- --seed 1 --seconds 60`. The same seed gives the same calls, faults, kills and outages at the same
 * times. Exits with 1 if a user is unaccounted for, a response is wrong, or a caller waited too long.
 *
 * Three instances run on a PostgreSQL server and an emulator of their own. `--gentle` leaves out kills and lost responses.
 * `--service FOLDER` takes another build of the service.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Emulator, startEmulator } from "acs-identity/emulator";
import type { LoggedRequest } from "acs-identity/testing";
import { lostAnswer } from "../../src/acsUsers.js";
import { signIn, usersOf } from "../inProcess.js";
import {
  environmentOf,
  type Instance,
  prepareGround,
  root,
  runReconcile,
  spawnInstance,
} from "../instances/lab.js";
import { noPostgres } from "../postgres.js";
import { startProxy, type TcpProxy } from "./proxy.js";
import { type Action, type Call, keeperShare, schedule } from "./schedule.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "60" },
    rate: { type: "string", default: "12" },
    gentle: { type: "boolean", default: false },
    service: { type: "string", default: root },
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

if (noPostgres) {
  console.error(`No chaos${noPostgres}`);
  process.exit(1);
}

interface Place {
  readonly number: number;
  readonly proxy: TcpProxy;
  /** Undefined while it starts. */
  instance: Instance | undefined;
  starting: Promise<void>;
  readonly kills: number[];
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
const databaseUrl = postgres.createDatabase();
const databaseName = new URL(databaseUrl).pathname.slice(1);
const emulatorOptions = {
  tls: ground.certificates,
  data: join(folder, "emulator.jsonl"),
  requestLogSize: 200_000,
};
let emulator: Emulator = await startEmulator(emulatorOptions);
const emulatorPort = Number(new URL(emulator.url).port);
const requests: LoggedRequest[] = [];
const acsProxy = await startProxy(emulatorPort);
const environment = {
  ...environmentOf(emulator, databaseUrl, ground),
  COMMUNICATION_ENDPOINT: `https://127.0.0.1:${acsProxy.port}`,
};
const exitCodes: (number | null)[] = [];

const places: Place[] = await Promise.all(
  [1, 2, 3].map(async (number) => ({
    number,
    proxy: await startProxy(postgres.port),
    instance: undefined,
    starting: Promise.resolve(),
    kills: [],
  })),
);

/** Logs every change of the ledger, with the connection that made it. */
const audit = `
CREATE TABLE audit (at timestamptz DEFAULT clock_timestamp(), port integer DEFAULT inet_client_port(), change text, id uuid, state text);
CREATE FUNCTION audit_ledger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO audit (change, id, state) VALUES (TG_OP, coalesce(NEW.id, OLD.id), coalesce(NEW.state, OLD.state));
  RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION audit_ledger();`;

const logs: { readonly place: number; readonly log: readonly string[] }[] = [];

function startAt(place: Place): Promise<void> {
  const url = new URL(databaseUrl);
  url.port = String(place.proxy.port);
  const settings = { DATABASE_URL: url.href, RECONCILE_AFTER_SECONDS: "15", LOG_LEVEL: "info" };
  place.starting = (async () => {
    for (;;) {
      try {
        const instance = await spawnInstance(
          { ...environment, ...settings },
          /Listening at/,
          values.service,
          () => {},
        );
        logs.push({ place: place.number, log: instance.log });
        place.instance = instance;
        return;
      } catch (error) {
        // The old service exits if the database or the emulator is down.
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
        : status === 204 || ((status === 503 || status === 429) && Number(headers.get("Retry-After")) > 0);
    note(status, { ...(userId ? { userId } : {}), ...(isExpected ? {} : { problem: `${status} ${text}` }) });
  } catch (error) {
    const isHang = error instanceof Error && error.name === "TimeoutError";
    note(isHang ? "hang" : "no answer");
  }
}

async function restartEmulator(): Promise<void> {
  const { service } = emulator;
  await emulator.close();
  requests.push(...service.requests);
  emulator = await startEmulator({ ...emulatorOptions, port: emulatorPort });
}

/** What goes on in the background, such as an outage that ends later. */
const running: Promise<void>[] = [];

async function perform(action: Action): Promise<void> {
  switch (action.type) {
    case "call": {
      const place = places[action.instance];
      if (place) await call(action.call, action.caller, tokens[action.caller] ?? "", place);
      return;
    }
    case "fault":
      return emulator.service.failNext(action.fault);
    case "killInstance": {
      const place = places[action.instance];
      if (!place?.instance) return;
      const { instance } = place;
      place.instance = undefined;
      place.kills.push(now());
      tell(`kill -9 of instance ${place.number}`);
      await instance.end();
      await startAt(place);
      return;
    }
    case "cutAcs":
      return acsProxy.cut();
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

if (existsSync(join(values.service, "dist/migrate.js"))) {
  const { PATH } = process.env;
  execFileSync(process.execPath, ["dist/migrate.js"], {
    cwd: values.service,
    env: { PATH, DATABASE_URL: databaseUrl },
  });
}
await Promise.all(places.map(startAt));
for (;;) {
  try {
    postgres.psql(audit, databaseName);
    break;
  } catch {
    await sleep(200);
  }
}
const tokens = await Promise.all(
  Array.from({ length: callers }, (_, index) => signIn(emulator, `caller ${index}`)),
);
zero = performance.now();
const zeroTime = Date.now();
const steps = schedule(plan);
console.log(`seed ${plan.seed}, ${plan.seconds} s${plan.isGentle ? ", gentle" : ""}: ${steps.length} steps`);
let outage: Promise<void> = Promise.resolve();
const isOutageOfPostgres = ({ type }: Action) => type.endsWith("Postgres");
for (const { atInMs, action } of steps) {
  if (atInMs > now()) await sleep(atInMs - now());
  if (isOutageOfPostgres(action)) {
    // One after the other, however slow this machine is.
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

interface Change {
  readonly at: number;
  readonly port: number;
  readonly change: string;
  readonly id: string;
  readonly state: string;
}
const changes: readonly Change[] =
  JSON.parse(
    postgres.psql(
      "SELECT json_agg(json_build_object('at', extract(epoch FROM at) * 1000, 'port', port, 'change', change, 'id', id, 'state', state) ORDER BY at) FROM audit",
      databaseName,
    ),
  ) ?? [];
const ledger: readonly { id: string; acs_user_id: string | null; state: string }[] =
  JSON.parse(postgres.psql("SELECT json_agg(ledger) FROM ledger", databaseName)) ?? [];
const known = new Set(ledger.map(({ acs_user_id }) => acs_user_id));
const existing = new Set(usersOf(emulator));
const orphans = [...existing].filter((id) => !known.has(id));
const missing = ledger.filter(
  ({ state, acs_user_id }) => state === "current" && !existing.has(acs_user_id ?? ""),
);
const failures: string[] = [];

const creations = requests.filter(({ operation }) => operation === "createUser");

function explain(userId: string): { readonly isExplained: boolean; readonly text: string } {
  const request = creations.find((each) => each.userId === userId);
  // The service as it was before named the entry in the body.
  const { customId } = (request?.body ?? {}) as { readonly customId?: string };
  const id = customId ?? request?.headers["x-ms-client-request-id"];
  const createdAt = (request?.time.getTime() ?? 0) - zeroTime + (request?.durationInMs ?? 0);
  const ofEntry = changes.filter((change) => change.id === id);
  const placeOf = (port: number) => places.find(({ proxy }) => proxy.ports.has(port));
  const steps = ofEntry.map(
    ({ at, port, change, state }) =>
      `${change} ${state} by ${placeOf(port)?.number ?? "reconcile"} at ${((at - zeroTime) / 1000).toFixed(1)} s`,
  );
  const owner = placeOf(ofEntry[0]?.port ?? 0);
  const began = (ofEntry[0]?.at ?? 0) - zeroTime;
  const kill = owner?.kills.find((at) => at >= began);
  const lost = logs
    .flatMap(({ log }) => log)
    .filter((line) => id && line.includes(id))
    .map((line) => JSON.parse(line))
    .find(({ msg, cause }) => cause !== undefined && msg === lostAnswer);
  const isCounted = ledger.some((entry) => entry.id === id && entry.state === "unanswered");
  const reason = lost
    ? `its answer was lost (${lost.cause.code ?? lost.cause.name})`
    : kill === undefined
      ? "no reason found"
      : `instance ${owner?.number} was killed at ${(kill / 1000).toFixed(1)} s`;
  return {
    isExplained: isCounted && (lost !== undefined || kill !== undefined),
    text: `${userId}, created at ${(createdAt / 1000).toFixed(1)} s for ${id}: ${reason}; ${isCounted ? "unanswered" : "NOT IN THE LEDGER"} [${steps.join(", ")}]`,
  };
}

for (const { at, text } of story)
  if (!values.verbose) console.log(`${(at / 1000).toFixed(1).padStart(6)} s  ${text}`);
console.log(`${orphans.length} users that the ledger doesn't know by id, ${counts.unanswered} unanswered:`);
for (const orphan of orphans) {
  const { isExplained, text } = explain(orphan);
  console.log(`  ${text}`);
  if (!isExplained) failures.push(`unaccounted: ${orphan}`);
}
if (orphans.length > (counts.unanswered ?? 0)) failures.push("more lost users than unanswered entries");
if (plan.isGentle && orphans.length > 0) failures.push("a user got lost without a kill or a lost answer");
for (const { acs_user_id } of missing) failures.push(`the ledger's ${acs_user_id} doesn't exist`);
const { creating, surplus, deleting } = counts;
if (creating !== 0 || surplus !== 0 || deleting !== 0) failures.push(`unfinished: ${JSON.stringify(counts)}`);
for (const { call: name, caller, problem, at } of answers) {
  if (!problem) continue;
  const requestId = /"requestId":"([^"]+)/.exec(problem)?.[1] ?? "none";
  const why = logs.flatMap(({ log }) => log).filter((line) => line.includes(requestId));
  failures.push(
    [
      `wrong answer to ${name} of caller ${caller} at ${at / 1000} s: ${problem}`,
      ...why.map((line) => line.slice(0, 500)),
    ].join("\n    "),
  );
}
const ids = answers.flatMap(({ caller, userId }) => (userId ? [[caller, userId] as const] : []));
const ownerOf = new Map<string, number>();
for (const [caller, id] of ids) {
  if ((ownerOf.get(id) ?? caller) !== caller) failures.push(`two callers share ${id}`);
  ownerOf.set(id, caller);
}
for (let caller = 0; caller < callers * keeperShare; caller++) {
  const own = new Set(ids.filter(([each]) => each === caller).map(([, id]) => id));
  if (own.size > 1) failures.push(`caller ${caller} has ${own.size} users`);
}
const slowest = Math.max(...answers.map(({ durationInMs }) => durationInMs));
if (slowest > longestAnswerInMs || answers.some(({ status }) => status === "hang")) {
  failures.push(`the slowest answer took ${slowest} ms`);
}
if (exitCodes.some((code) => code !== 0)) failures.push(`exit codes after SIGTERM: ${exitCodes.join(", ")}`);

const statuses = new Map<string, number>();
for (const { status } of answers) statuses.set(String(status), (statuses.get(String(status)) ?? 0) + 1);
console.log(
  `${answers.length} answers: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(", ")}; slowest ${(slowest / 1000).toFixed(1)} s`,
);
console.log(
  `seed ${plan.seed}: ${existing.size} users at ACS, ${known.size - (known.has(null) ? 1 : 0)} in the ledger, ${orphans.length} lost, ${counts.unanswered} unanswered, ${failures.length === 0 ? "all accounted for" : "FAILED"}`,
);
for (const failure of failures) console.log(`  ${failure}`);

for (const { proxy } of places) proxy.close();
acsProxy.close();
await emulator.close();
await ground.close();
rmSync(folder, { recursive: true });
process.exitCode = failures.length === 0 ? 0 : 1;
