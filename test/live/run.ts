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
import { type Case, cases, type Step } from "./cases.js";
import { compareStep, type Difference, findingsOf, type Outcome } from "./compare.js";
import { startFake } from "./fake.js";
import { Ledger } from "./ledger.js";
import { Recorder } from "./recorder.js";
import { assertHoldsNone } from "./redact.js";
import { reportOf } from "./report.js";
import type { Settings } from "./settings.js";
import { type Exchange, idOf, Side, Stop } from "./side.js";

/** The most users that a run creates, and how long it may take. */
export const budget = { users: 60, seconds: 180 } as const;

export const files = { report: "live-report.md", recordings: "live-recordings.json" } as const;

/** The name of the ledger of a resource. */
export function ledgerOf(endpoint: string): string {
  return `.live-users-${new URL(endpoint).host.replace(":", "-")}.jsonl`;
}

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
  const { credential, teams, endpoint } = settings;
  const service = new Service(environment);
  const { ledger } = service;
  if (ledger.left !== "nothing") {
    print(`An earlier run left ${ledger.left}. Run first: npm run test:liveSweep`);
    return 2;
  }
  const date = new Date();
  const fake = await startFake({
    hasKey: "key" in credential,
    values: service.values,
    teams: teams && { ...teams, minutesLeft: minutesLeft(teams.token) },
  });
  const recorder = new Recorder(new URL(endpoint).host, date.getTime());
  const outcomes: Outcome[] = [];
  let stopped: string | undefined;
  try {
    for (const current of cases) {
      const notRun = reasonNotToRun(current, settings);
      outcomes.push(
        notRun
          ? { name: current.name, expected: "", seen: "", differences: [], notRun }
          : await runCase(current, service.side, fake.side, fake.service, recorder),
      );
    }
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    stopped = error.message;
  } finally {
    await fake.close();
    await service.cleanUp();
  }
  const findings = findingsOf(outcomes);
  const { region, secrets } = service;
  const write = (name: string, text: string) => {
    assertHoldsNone(text, secrets);
    writeFileSync(join(folder, name), text);
  };
  const report = reportOf(outcomes, findings, { date, region, core, stopped, left: ledger.left });
  print(report);
  write(files.report, report);
  if (record) write(files.recordings, `${JSON.stringify(recorder.recordings, undefined, 2)}\n`);
  if (ledger.left !== "nothing") return 2;
  ledger.clear();
  return stopped ? 2 : Math.min(findings.length, 1);
}

/** Deletes what a killed run left. @returns the exit code. */
export async function sweep(environment: Environment): Promise<number> {
  const { print } = environment;
  const service = new Service(environment);
  const { users, assignments, unanswered } = service.ledger;
  const [usersBefore, assignmentsBefore] = [users.size, assignments.size];
  await service.cleanUp();
  print(`Deleted ${usersBefore - users.size} users and ${assignmentsBefore - assignments.size} assignments.`);
  if (unanswered > 0)
    print(`${unanswered} creation was in flight: at most ${unanswered} user is left, whose id nobody knows.`);
  if (users.size + assignments.size > 0) {
    print("Some couldn't be deleted. Run it again.");
    return 2;
  }
  service.ledger.clear();
  return 0;
}

async function runCase(
  { name, steps, decidedBy }: Case,
  service: Side,
  fakeSide: Side,
  fake: FakeIdentityService,
  recorder: Recorder,
): Promise<Outcome> {
  const differences: Difference[] = [];
  const statuses: [expected: number[], seen: number[]] = [[], []];
  for (const [index, step] of steps.entries()) {
    const seen = await service.send(step);
    // The fake has the service's time, so that lifetimes and expiry are the same.
    const time = Date.parse(seen.response?.headers.date ?? "");
    if (Math.abs(time - fake.clock.now().getTime()) > 2000) fake.clock.set(time);
    const expected = await fakeSide.send(step);
    if (!expected.response) throw new Error(`The fake doesn't answer step ${index + 1} of the case ${name}`);
    recorder.add(`live: ${name} ${index + 1}`, step, seen);
    if (step.isSetup) continue;
    statuses[0].push(expected.response.status);
    statuses[1].push(seen.response?.status ?? 0);
    differences.push(...compareStep({ decidedBy }, step, expected, seen));
    const more = {
      ...(step.verifies && {
        "token signature": [await signatureOf(fakeSide, expected), await signatureOf(service, seen)],
      }),
      ...(step.sameAs && { "the user's id": [identityOf(fakeSide, step), identityOf(service, step)] }),
    };
    for (const [aspect, [one = "", two = ""]] of Object.entries(more))
      if (one !== two) differences.push({ aspect, expected: one, seen: two, decidedBy });
  }
  const [expected, seen] = statuses.map((each) => each.join(" ")) as [string, string];
  return { name, expected, seen, differences };
}

function reasonNotToRun({ steps }: Case, { credential, teams, tenantId }: Settings): string | undefined {
  const text = JSON.stringify(steps);
  if (
    !("key" in credential) &&
    steps.some(({ signing = "none" }) => !/^(?:none|garbageToken)$/.test(signing))
  )
    return "there is no access key";
  if (!teams && text.includes("{teamsToken}")) return "ACS_LIVE_TEAMS_TOKEN isn't set";
  return tenantId || !text.includes("{tenantId}") ? undefined : "ACS_LIVE_TENANT_ID isn't set";
}

function identityOf({ values }: Side, { as = "", sameAs = "" }: Step): string {
  return values.get(as) === values.get(sameAs) ? "the same" : "another one";
}

/** Verifies a token with the keys that its service publishes. */
async function signatureOf(side: Side, { response }: Exchange): Promise<string> {
  try {
    const keys = await side.fetchJson("/.well-known/jwks.json");
    if (!keys) return "no keys are published";
    const { token } = JSON.parse(response?.text ?? "") as { token: string };
    await jwtVerify(token, createLocalJWKSet(keys as JSONWebKeySet));
    return "verified with the published keys";
  } catch (error) {
    if (error instanceof Stop) throw error;
    return "not by the published keys";
  }
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  } catch {
    // It can't be decoded, which is allowed.
    return {};
  }
}

/** The token that is exchanged ends with the Entra token, so that of the fake must have the same time left. */
function minutesLeft(entraToken: string): number {
  const { exp } = claimsOf(entraToken);
  return typeof exp === "number" ? (exp * 1000 - Date.now()) / 60_000 : 60;
}

/** The resource, within the budget and with a ledger of what is made there. */
class Service {
  readonly ledger: Ledger;
  readonly values: Readonly<Record<string, string>>;
  readonly side: Side;
  /** What no file may hold, with the name of its kind. */
  readonly secrets = new Map<string, string>();
  region: string | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #endsAt = Date.now() + budget.seconds * 1000;
  readonly #httpClient: HttpClient;
  #creations = 0;
  #isCleaning = false;

  constructor({ settings, folder, signal, httpClient = createDefaultHttpClient() }: Environment) {
    const { endpoint, credential, teams, tenantId } = settings;
    const { host, hostname } = new URL(endpoint);
    this.#signal = signal;
    this.#httpClient = httpClient;
    this.ledger = new Ledger(join(folder, ledgerOf(endpoint)));
    const own = {
      customId: `acs-identity-live-${randomUUID()}`,
      objectId: randomUUID(),
      clientId: teams?.clientId ?? randomUUID(),
      userId: teams?.userId ?? randomUUID(),
      ...(tenantId && { tenantId }),
    };
    this.values = {
      ...own,
      foreign: "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000",
      malformed: "not-an-id",
    };
    for (const value of Object.values(own)) this.secrets.set(value, "an id");
    this.secrets.set(host, "the host").set(hostname, "the host");
    if ("key" in credential) this.secrets.set(credential.key, "the key");
    if (teams) this.secrets.set(teams.token, "a token");
    const values = { ...this.values, ...(teams && { teamsToken: teams.token }) };
    this.side = new Side(endpoint, credential, { sendRequest: (request) => this.#send(request) }, values);
  }

  /** Deletes what the ledger has, one after the other. What fails stays in the ledger. */
  async cleanUp(): Promise<void> {
    this.#isCleaning = true;
    const { users, assignments } = this.ledger;
    const paths = [...users].map((id) => `/identities/${encodeURIComponent(id)}?api-version=2023-10-01`);
    for (const path of [...assignments, ...paths])
      await this.side.send({ method: "DELETE", path, raw: true }).catch(() => undefined);
  }

  /** Keeps the ledger. What changes something is written before it is sent. */
  async #send(request: PipelineRequest): Promise<PipelineResponse> {
    const { method, url, headers } = request;
    const { pathname, search } = new URL(url);
    const { ledger } = this;
    const creates = method === "POST" && pathname === "/identities";
    // A patch names one assignment, which has a path of its own.
    const patched = method === "PATCH" ? `/${Object.keys(JSON.parse(String(request.body)))[0]}` : "";
    const assignment = pathname.startsWith("/access/") ? pathname + patched + search : undefined;
    this.#checkBudget(creates);
    if (creates) ledger.add("creating");
    if (assignment && ["PUT", "PATCH"].includes(method)) ledger.add("assigning", assignment);
    const response = await this.#sendPatiently(request);
    const { status, bodyAsText } = response;
    const text = bodyAsText ?? "";
    const id = creates && status < 400 ? idOf(text) : undefined;
    if (id) ledger.add("created", id);
    // A server that failed may have created a user.
    else if (creates && status >= 400 && status < 500) ledger.add("refused");
    if (method === "DELETE") {
      if (assignment && status < 300) ledger.add("removed", assignment);
      // A user who is gone is a user who is deleted. A refused key has the same status.
      else if (status < 300 || text.includes("IdentityNotOwned"))
        ledger.add("deleted", decodeURIComponent(pathname.split("/")[2] ?? ""));
    }
    this.#keepSecrets(text, headers.get("authorization"));
    return response;
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

  #checkBudget(creates: boolean): void {
    if (this.#isCleaning) return;
    if (this.#signal?.aborted) throw new Stop("it was interrupted");
    if (Date.now() > this.#endsAt) throw new Stop(`it took longer than ${budget.seconds} seconds`);
    if (creates && ++this.#creations > budget.users) throw new Stop("it wanted to create too many users");
  }

  /** Remembers ids, tokens and signatures, which the files must not hold. */
  #keepSecrets(text: string, authorization = ""): void {
    const [, credential] = /^(?:Bearer |HMAC.*Signature=)(.{20,})$/.exec(authorization) ?? [];
    if (credential) this.secrets.set(credential, "a token or a signature");
    for (const [token] of text.matchAll(/[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g)) {
      this.secrets.set(token, "a token");
      const { resourceLocation } = claimsOf(token);
      if (typeof resourceLocation === "string") this.region = resourceLocation;
    }
    for (const [id, resource = "", user = ""] of text.matchAll(/8:acs:([0-9a-f-]{36})_([0-9a-f-]{36})/g))
      this.secrets.set(id, "an id").set(user, "an id").set(resource, "the resource");
  }
}
