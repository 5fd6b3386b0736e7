import type { CommandModule, Invocation } from "../command.js";
import { connectionFlags } from "../connection.js";
import { escapeControls, Output, readableMarks } from "../output.js";
import { type Flags, valued } from "../parse.js";
import { type Check, type Findings, Problem, type Warning } from "./check.js";
import { examineSettings } from "./connectionSettings.js";
import { clockCheck, entraCheck, keyCheck, serviceCheck } from "./credentials.js";
import { exchangeToken } from "./exchange.js";
import { connectionCheck, nameCheck } from "./network.js";
import { proxyCheck, proxyOf } from "./proxy.js";
import {
  examineToken,
  expectedOf,
  readGivenToken,
  refuseTeamsFlags,
  type TokenCheck,
  teamsFlags,
  tokenChecks,
} from "./teams.js";
import { tlsCheck } from "./tls.js";
import { userCheck } from "./user.js";

const flags: Flags = {
  ...connectionFlags,
  user: valued("ID", "Also issue a token for this user, to see whether the service knows it"),
  ...teamsFlags,
};

/** In the order of a call's steps. The first check that fails is the cause, and the later ones can't run. */
const checks: readonly Check[] = [
  nameCheck,
  connectionCheck,
  proxyCheck,
  tlsCheck,
  serviceCheck,
  clockCheck,
  keyCheck,
  entraCheck,
  userCheck,
];

interface Result {
  readonly check: string;
  readonly status: "passed" | "warning" | "failed";
  readonly message: string;
  readonly remedy?: string;
  /** More than people want to read. */
  readonly details?: string;
}

/** Sets exit code 1 if it finds a problem. */
export const doctor: CommandModule = { flags, run };

async function run(invocation: Invocation): Promise<void> {
  const results: Result[] = [];
  if (invocation.values.teams === true) await examineTeams(invocation, results);
  else await examineConnection(invocation, results);
  const ok = results.every(({ status }) => status !== "failed");
  await new Output(invocation).answer({ ok, checks: results }, results.flatMap(linesOf));
  if (!ok) process.exitCode = 1;
}

/** Examines a user's token of Entra ID. Sends it only if asked to. */
async function examineTeams(invocation: Invocation, results: Result[]): Promise<void> {
  const { values } = invocation;
  const text = await readGivenToken(values);
  const token = await examined("Token", results, async () => ({
    value: examineToken(text),
    message: "it can be decoded, which says nothing about its signature",
  }));
  if (!token) return;
  const expected = expectedOf(values);
  const exchange: TokenCheck = () => exchangeToken(invocation, text, token);
  const checks = { ...tokenChecks, ...(values.exchange === true && { Exchange: exchange }) };
  for (const [name, check] of Object.entries<TokenCheck>(checks)) {
    if (results.at(-1)?.status === "failed") return;
    await examined(name, results, async () => ({ value: undefined, message: await check(token, expected) }));
  }
}

async function examineConnection(invocation: Invocation, results: Result[]): Promise<void> {
  refuseTeamsFlags(invocation.values);
  const findings = await examined("Settings", results, async () => {
    const { values } = invocation;
    const connection = await examineSettings(invocation);
    const endpoint = new URL(connection.endpoint);
    const userId = typeof values.user === "string" ? values.user : undefined;
    const { environment } = invocation;
    const findings: Findings = { connection, environment, endpoint, userId, proxy: await proxyOf(endpoint) };
    return { value: findings, message: `${connection.source} is for ${endpoint.origin}` };
  });
  if (!findings) return;
  for (const { name, run: check } of checks) {
    if (results.at(-1)?.status === "failed") return;
    await examined(name, results, async () => ({ value: undefined, message: await check(findings) }));
  }
}

/** Runs a check and adds its result, unless there was nothing to check. */
async function examined<Value>(
  check: string,
  results: Result[],
  run: () => Promise<{ value: Value; message: string | Warning | undefined }>,
): Promise<Value | undefined> {
  try {
    const { value, message } = await run();
    if (typeof message === "string") results.push({ check, status: "passed", message });
    else if (message)
      results.push({ check, status: "warning", message: message.warning, remedy: message.remedy });
    return value;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { message, remedy, details } = error;
    results.push({ check, status: "failed", message, remedy, ...(details !== undefined && { details }) });
    return undefined;
  }
}

const marks = { passed: "✓", warning: "!", failed: "✗" } as const;

function linesOf({ check, status, message, remedy }: Result): string[] {
  return [`${marks[status]} ${check}: ${message}`, ...(remedy ? [`  → ${remedy}`] : [])]
    .map(escapeControls)
    .map(readableMarks);
}
