import type { CommandModule, Invocation } from "../command.js";
import { connectionFlags } from "../connection.js";
import type { EntraToken } from "../entraTokenClaims.js";
import { Output } from "../output.js";
import { type Flags, valued } from "../parse.js";
import { type Check, type Findings, Problem } from "./check.js";
import { examineSettings } from "./connectionSettings.js";
import { checkEntraToken } from "./entraToken.js";
import { exchangeToken } from "./exchange.js";
import { checkConnection, checkName } from "./network.js";
import { checkProxy, findClientProxy } from "./proxy.js";
import { checkClock, checkKey, checkService } from "./service.js";
import {
  examineToken,
  readExpected,
  readGivenToken,
  refuseTeamsFlags,
  type TokenCheck,
  teamsFlags,
  tokenChecks,
} from "./teams.js";
import { checkTls } from "./tls.js";
import { checkUser } from "./user.js";

const flags: Flags = {
  ...connectionFlags,
  user: valued("ID", "Also issue a token for this user, to see whether the service knows it"),
  ...teamsFlags,
};

/** The checks in the order of a call's steps. The first check that fails is the cause, and the later ones can't run. */
const checks: Readonly<Record<string, Check>> = {
  "Name look-up": checkName,
  Connection: checkConnection,
  Proxy: checkProxy,
  TLS: checkTls,
  Service: checkService,
  Clock: checkClock,
  "Access key": checkKey,
  "Entra ID token": checkEntraToken,
  User: checkUser,
};

interface Result {
  readonly check: string;
  readonly status: "passed" | "warning" | "failed";
  readonly message: string;
  readonly remedy?: string;
  /** What only a program or an expert reads. */
  readonly details?: string;
}

/** The command `doctor`, which sets exit code 1 if it finds a problem. */
export const doctor: CommandModule = { flags, run };

async function run(invocation: Invocation): Promise<void> {
  const output = new Output(invocation);
  const results: Result[] = [];
  /** Runs a check unless one before it has failed, and shows its result unless there was nothing to check. */
  const examine: Examine = async (check, run) => {
    if (results.some(({ status }) => status === "failed")) return;
    const result = await runCheck(check, run);
    if (!result) return;
    results.push(result);
    await output.show(toLines(result));
  };
  if (invocation.values.teams === true) await examineTeams(invocation, examine);
  else await examineConnection(invocation, examine);
  const ok = results.every(({ status }) => status !== "failed");
  await output.result({ ok, checks: results }, []);
  if (!ok) process.exitCode = 1;
}

type Finding = Promise<string | Problem | undefined>;
type Examine = (check: string, run: () => Finding) => Promise<void>;

/** Examines a user's token of Entra ID. Sends it only if asked to. */
async function examineTeams(invocation: Invocation, examine: Examine): Promise<void> {
  const { values } = invocation;
  const text = await readGivenToken(values);
  let token: EntraToken | undefined;
  await examine("Token", async () => {
    token = examineToken(text);
    return "it can be decoded, which says nothing about its signature";
  });
  const expected = readExpected(values);
  const exchange: TokenCheck = (of) => exchangeToken(invocation, text, of);
  const checks = { ...tokenChecks, ...(values.exchange === true && { Exchange: exchange }) };
  for (const [name, check] of Object.entries(checks))
    await examine(name, async () => token && check(token, expected));
}

async function examineConnection(invocation: Invocation, examine: Examine): Promise<void> {
  const { values, environment } = invocation;
  refuseTeamsFlags(values);
  let findings: Findings | undefined;
  await examine("Settings", async () => {
    const connection = await examineSettings(invocation);
    const endpoint = new URL(connection.endpoint);
    const userId = typeof values.user === "string" ? values.user : undefined;
    findings = { connection, environment, endpoint, userId, proxy: await findClientProxy(endpoint) };
    return `${connection.source} is for ${endpoint.origin}`;
  });
  for (const [name, check] of Object.entries(checks))
    await examine(name, async () => findings && check(findings));
}

/** Runs a check. Returns its result, or undefined if there was nothing to check. */
async function runCheck(check: string, run: () => Finding): Promise<Result | undefined> {
  let status: Result["status"] = "warning";
  const found = await run().catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    status = "failed";
    return error;
  });
  if (!found) return undefined;
  if (typeof found === "string") return { check, status: "passed", message: found };
  const { message, remedy, details } = found;
  return { check, status, message, remedy, ...(details !== undefined && { details }) };
}

const marks = { passed: "✓", warning: "!", failed: "✗" } as const;

function toLines({ check, status, message, remedy }: Result): string[] {
  return [`${marks[status]} ${check}: ${message}`, ...(remedy ? [`  → ${remedy}`] : [])];
}
