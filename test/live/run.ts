import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createDefaultHttpClient,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import type { FakeIdentityService } from "../../src/testing/index.js";
import { cases as allCases } from "./cases.js";
import { compareStep, type Difference, findingsOf, type Outcome } from "./compare.js";
import { startFake } from "./fake.js";
import { Ledger } from "./ledger.js";
import { Recorder } from "./recorder.js";
import { assertHoldsNone } from "./redact.js";
import { reportOf, tableOf } from "./report.js";
import type { Settings } from "./settings.js";
import { type Exchange, idOf, Side, Stop, type Watcher } from "./side.js";
import type { Case, Step } from "./steps.js";

/** The most users that a run creates, and the most that it deletes. */
export const budget = { creations: 60, deletions: 60, seconds: 180 } as const;

export const files = {
  ledger: ".live-users.jsonl",
  report: "live-report.md",
  recordings: "live-recordings.json",
} as const;

export interface Environment {
  readonly settings: Settings;
  /** Where the files are. */
  readonly folder: string;
  readonly print: (text: string) => void;
  /** Aborts on Ctrl-C. */
  readonly signal?: AbortSignal;
  readonly record?: boolean;
  /** Default: that of Azure Core. */
  readonly httpClient?: HttpClient;
}

const core: string = createRequire(import.meta.url)("@azure/core-rest-pipeline/package.json").version;

/** Runs all cases on both sides, writes the report, and deletes what it made. @returns the exit code. */
export async function run(environment: Environment): Promise<number> {
  const { settings, folder, print, record = false } = environment;
  const service = new Service(environment);
  const { ledger } = service;
  const { users, assignments, unanswered } = ledger.pending;
  if (users.length + assignments.length + unanswered > 0) {
    print("An earlier run left something at this resource. Run first: npm run test:live -- --sweep");
    return 2;
  }
  const startedAt = new Date();
  const { credential, teams } = settings;
  const fake = await startFake({
    hasKey: "key" in credential,
    values: service.values,
    teams: teams && { ...teams, minutesLeft: minutesLeft(teams.token) },
  });
  const recorder = new Recorder(new URL(settings.endpoint).host, startedAt.getTime());
  const outcomes: Outcome[] = [];
  let stopped: string | undefined;
  try {
    for (const current of allCases) {
      outcomes.push(await runCase(current, settings, service, fake.side, fake.service, recorder));
    }
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    stopped = error.message;
  } finally {
    await fake.close();
    await service.cleanUp();
  }
  const left = leftOf(ledger);
  const findings = findingsOf(outcomes);
  print(tableOf(outcomes));
  const context = { date: startedAt, region: service.region, core, stopped, left };
  const report = reportOf(outcomes, findings, context);
  assertHoldsNone(report, service.secrets);
  writeFileSync(join(folder, files.report), report);
  if (record) {
    const text = `${JSON.stringify(recorder.recordings, undefined, 2)}\n`;
    assertHoldsNone(text, service.secrets);
    writeFileSync(join(folder, files.recordings), text);
  }
  print(`${findings.length} differences, in ${files.report}. Left at the resource: ${left}.`);
  if (left === "nothing") ledger.clear();
  if (stopped) print(`Stopped: ${stopped}`);
  if (stopped || left !== "nothing") return 2;
  return findings.length > 0 ? 1 : 0;
}

/** Deletes what a killed run left. @returns the exit code. */
export async function sweep(environment: Environment): Promise<number> {
  const { print } = environment;
  const service = new Service(environment);
  const { users, assignments, unanswered } = service.ledger.pending;
  await service.cleanUp();
  const { users: kept, assignments: keptAssignments } = service.ledger.pending;
  print(
    `Deleted ${users.length - kept.length} users and ${assignments.length - keptAssignments.length} assignments.`,
  );
  if (unanswered > 0) {
    print(`${unanswered} creation was in flight: at most ${unanswered} user is left, whose id nobody knows.`);
  }
  if (kept.length + keptAssignments.length > 0) {
    print("Some couldn't be deleted. Run it again.");
    return 2;
  }
  service.ledger.clear();
  return 0;
}

function leftOf({ pending: { users, assignments, unanswered } }: Ledger): string {
  const parts = [
    ...(users.length > 0 ? [`${users.length} users`] : []),
    ...(assignments.length > 0 ? [`${assignments.length} assignments`] : []),
    ...(unanswered > 0 ? [`at most ${unanswered} users whose creation wasn't answered`] : []),
  ];
  return parts.join(", ") || "nothing";
}

async function runCase(
  current: Case,
  settings: Settings,
  service: Service,
  fakeSide: Side,
  fake: FakeIdentityService,
  recorder: Recorder,
): Promise<Outcome> {
  const { name, needs, steps } = current;
  const reason = reasonNotToRun(needs, settings);
  if (reason) return { name, expected: "", seen: "", differences: [], notRun: reason };
  const differences: Difference[] = [];
  const statuses: { expected: number[]; seen: number[] } = { expected: [], seen: [] };
  for (const [index, step] of steps.entries()) {
    const seen = await exchangeOf(service.side, step);
    followClock(fake, seen);
    const expected = await exchangeOf(fakeSide, step);
    if (seen.response) recorder.add(`live: ${name} ${index + 1}`, step, seen);
    if (step.isSetup) continue;
    statuses.expected.push(expected.response?.status ?? 0);
    statuses.seen.push(seen.response?.status ?? 0);
    differences.push(...compareStep(current, step, expected, seen));
    const more: [aspect: string, expected: string, seen: string][] = [];
    if (step.verifies) {
      more.push([
        "token signature",
        await signatureOf(fakeSide, expected),
        await signatureOf(service.side, seen),
      ]);
    }
    if (step.sameAs) more.push(["the user's id", identityOf(fakeSide, step), identityOf(service.side, step)]);
    for (const [aspect, own, theirs] of more) {
      if (own !== theirs)
        differences.push({ aspect, expected: own, seen: theirs, decidedBy: current.decidedBy });
    }
  }
  return { name, expected: statuses.expected.join(" "), seen: statuses.seen.join(" "), differences };
}

function reasonNotToRun(needs: Case["needs"], { credential, teams, tenantId }: Settings): string | undefined {
  if (needs === "key" && !("key" in credential)) return "there is no access key";
  if (needs === "teams" && !teams) return "ACS_LIVE_TEAMS_TOKEN isn't set";
  if (needs === "tenant" && !tenantId) return "ACS_LIVE_TENANT_ID isn't set";
  return undefined;
}

/** An exchange without a response if there was none, or if the step couldn't be sent. */
async function exchangeOf(side: Side, step: Step): Promise<Exchange> {
  try {
    return await side.send(step);
  } catch (error) {
    // The client may have wrapped it.
    for (let cause = error; cause instanceof Error; cause = cause.cause)
      if (cause instanceof Stop) throw cause;
    return {
      request: { origin: side.endpoint, method: step.method, path: step.path, headers: {}, text: "" },
    };
  }
}

/** Lets the fake have the service's time, so that lifetimes and expiry are the same. */
function followClock(fake: FakeIdentityService, { response }: Exchange): void {
  const time = Date.parse(response?.headers.date ?? "");
  if (Math.abs(time - fake.clock.now().getTime()) > 2000) fake.clock.set(time);
}

function identityOf({ values }: Side, { as = "", sameAs = "" }: Step): string {
  return values.get(as) === values.get(sameAs) ? "the same" : "another one";
}

/** Verifies a token with the keys that its service publishes. */
async function signatureOf(side: Side, { response }: Exchange): Promise<string> {
  const keys = await side.fetchJson("/.well-known/jwks.json");
  if (!keys) return "no keys are published";
  try {
    const { token } = JSON.parse(response?.text ?? "") as { token: string };
    await jwtVerify(token, createLocalJWKSet(keys as JSONWebKeySet));
    return "verified with the published keys";
  } catch {
    return "not by the published keys";
  }
}

/** The token that is exchanged ends with the Entra token, so that of the fake must have the same time left. */
function minutesLeft(entraToken: string): number {
  try {
    const { exp } = JSON.parse(Buffer.from(entraToken.split(".")[1] ?? "", "base64url").toString());
    return (Number(exp) * 1000 - Date.now()) / 60_000;
  } catch {
    // Entra's tokens can be decoded today; otherwise the report shows another lifetime.
    return 60;
  }
}

/** The resource, within the budget and with a ledger of what is made there. */
class Service {
  readonly ledger: Ledger;
  readonly values: Readonly<Record<string, string>>;
  readonly side: Side;
  /** What no file may hold, with the name of its kind. */
  readonly secrets = new Map<string, string>();
  readonly #signal: AbortSignal | undefined;
  readonly #endsAt = Date.now() + budget.seconds * 1000;
  readonly #httpClient: HttpClient;
  #creations = 0;
  #deletions = 0;
  #isCleaning = false;
  region: string | undefined;

  constructor({ settings, folder, signal, httpClient = createDefaultHttpClient() }: Environment) {
    const { endpoint, credential, teams, tenantId } = settings;
    const { host, hostname } = new URL(endpoint);
    this.#signal = signal;
    this.#httpClient = httpClient;
    this.ledger = new Ledger(join(folder, files.ledger), host);
    this.secrets.set(host, "the host").set(hostname, "the host");
    if ("key" in credential) this.secrets.set(credential.key, "the key");
    if (teams) this.secrets.set(teams.token, "a token");
    this.values = {
      foreign: "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000",
      malformed: "not-an-id",
      customId: `acs-identity-live-${randomUUID()}`,
      objectId: randomUUID(),
      clientId: teams?.clientId ?? randomUUID(),
      userId: teams?.userId ?? randomUUID(),
      ...(tenantId && { tenantId }),
    };
    for (const [name, value] of Object.entries(this.values)) {
      if (!["foreign", "malformed"].includes(name)) this.secrets.set(value, "an id");
    }
    const values = { ...this.values, ...(teams && { teamsToken: teams.token }) };
    const patient: HttpClient = { sendRequest: (request) => this.#sendPatiently(request) };
    this.side = new Side(endpoint, credential, patient, values, this.#watch);
  }

  /** Deletes what the ledger has, one after the other. What fails stays in the ledger. */
  async cleanUp(): Promise<void> {
    this.#isCleaning = true;
    const { users, assignments } = this.ledger.pending;
    for (const path of assignments) await this.#delete({ method: "DELETE", path });
    for (const id of users) {
      this.side.values.set("left", id);
      await this.#delete({
        method: "DELETE",
        path: "/identities/{left}?api-version=2023-10-01",
        byClient: true,
      });
    }
  }

  async #delete(step: Step): Promise<void> {
    await this.side.send(step).catch(() => undefined);
  }

  /** Sends a request again if the service asks for it. */
  async #sendPatiently(request: PipelineRequest): Promise<PipelineResponse> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#httpClient.sendRequest(request);
      const seconds = Number(response.headers.get("retry-after"));
      if (![429, 503].includes(response.status) || !(seconds > 0) || attempt === 4) return response;
      if (Date.now() + seconds * 1000 > this.#endsAt) throw new Stop("the service asked for a longer pause");
      await sleep(seconds * 1000);
    }
  }

  readonly #watch: Watcher = (request) => {
    const { pathname, search } = new URL(request.url);
    const creates = request.method === "POST" && pathname === "/identities";
    const [, user] = (request.method === "DELETE" && /^\/identities\/([^/]+)$/.exec(pathname)) || [];
    this.#checkBudget(creates, user !== undefined);
    const creation = creates ? this.ledger.creating() : 0;
    const isAssignment = pathname.startsWith("/access/") && ["PUT", "PATCH"].includes(request.method);
    // A patch names one assignment, which has a path of its own.
    const place = isAssignment ? pathOfAssignment(pathname, request) + search : pathname + search;
    if (isAssignment) this.ledger.assigning(place);
    return ({ status, bodyAsText }) => {
      const text = bodyAsText ?? "";
      if (creates) this.ledger.answered(creation, status < 400 ? idOf(text) : undefined);
      // A user who is gone is a user who is deleted. A refused key has the same status.
      if (user && (status < 300 || text.includes("IdentityNotOwned")))
        this.ledger.deleted(decodeURIComponent(user));
      if (request.method === "DELETE" && pathname.startsWith("/access/") && status < 300)
        this.ledger.removed(place);
      this.#keepSecrets(text, request.headers.get("authorization"));
    };
  };

  #checkBudget(creates: boolean, deletes: boolean): void {
    if (this.#isCleaning) return;
    if (this.#signal?.aborted) throw new Stop("it was interrupted");
    if (Date.now() > this.#endsAt) throw new Stop(`it took longer than ${budget.seconds} seconds`);
    if (creates && ++this.#creations > budget.creations) throw new Stop("it wanted to create too many users");
    if (deletes && ++this.#deletions > budget.deletions) throw new Stop("it wanted to delete too many users");
  }

  /** Remembers ids and tokens, which the files must not hold. */
  #keepSecrets(text: string, authorization = ""): void {
    const [, bearer] = /^Bearer (.{20,})$/.exec(authorization) ?? [];
    if (bearer) this.secrets.set(bearer, "a token");
    for (const [token] of text.matchAll(/[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g)) {
      this.secrets.set(token, "a token");
      this.#keepRegion(token);
    }
    for (const [id, , , user = ""] of text.matchAll(/8:acs:(([0-9a-f-]{36})_([0-9a-f-]{36}))/g)) {
      this.secrets.set(id, "an id").set(user, "an id");
      this.secrets.set(id.slice(6, 42), "the resource");
    }
  }

  #keepRegion(token: string): void {
    try {
      const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
      if (typeof claims.resourceLocation === "string") this.region = claims.resourceLocation;
    } catch {
      // It can't be decoded, which is allowed.
    }
  }
}

function pathOfAssignment(pathname: string, { method, body }: PipelineRequest): string {
  if (method !== "PATCH") return pathname;
  return `${pathname}/${Object.keys(JSON.parse(String(body)))[0]}`;
}
