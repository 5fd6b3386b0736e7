import { type Attributes, metrics as api } from "@opentelemetry/api";
import { type Alarm, alarms, type ProblemCode, problemCodes } from "./problem.js";

const meter = api.getMeter("token-service");

/**
 * Each series exists with 0 from the start: Prometheus sees an increase only after a value before it, so the first failure
 * of a kind would go unnoticed.
 */
function counter<Known extends Attributes>(name: string, description: string, known: readonly Known[]) {
  const created = meter.createCounter<Known>(`token_service.${name}`, { description });
  for (const attributes of known) created.add(0, attributes);
  return created;
}
const gauge = (name: string, description: string) =>
  meter.createGauge(`token_service.${name}`, { description });

/**
 * A histogram of seconds. Its name has the unit, so that it is the same at /metrics, where OpenTelemetry adds none, and in
 * Prometheus' receiver of OTLP, which does. The buckets meet the limits of the alert rules.
 */
const histogram = <Known extends Attributes>(name: string, description: string) =>
  meter.createHistogram<Known>(`token_service.${name}`, {
    description,
    advice: { explicitBucketBoundaries: [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 12, 15] },
  });

/** Measures how long a request to a dependency takes, whether it fails or not. */
export async function timed<Result>(
  dependency: "database" | "issuer" | "acs",
  work: () => Promise<Result>,
): Promise<Result> {
  const from = performance.now();
  try {
    return await work();
  } finally {
    metrics.dependencySeconds.record((performance.now() - from) / 1000, { dependency });
  }
}

/** The operations of ACS that have a limit. */
export type Operation = (typeof operations)[number]["operation"];
const operations = [
  { operation: "createUser" },
  { operation: "getToken" },
  { operation: "getTokenForTeamsUser" },
  { operation: "revokeTokens" },
  { operation: "deleteUser" },
] as const;

/** Why the token of a sign-in is refused. See signInRefused.ts. */
export type RefusalReason = (typeof refusalReasons)[number]["reason"];
export const refusalReasons = [
  { reason: "audience" },
  { reason: "issuer" },
  { reason: "clock" },
  { reason: "subject" },
  { reason: "expired" },
  { reason: "signature" },
  { reason: "unreadable" },
] as const;

/** What a failure counts as. A 500 with an alarm has a code of its own, since the alarm is counted, too. */
interface Failure extends Attributes {
  readonly code: ProblemCode | "alarm";
  readonly status: number;
}
const failures: readonly Failure[] = [
  { code: "alarm", status: 500 },
  ...Object.entries(problemCodes).flatMap(([code, statuses]) =>
    statuses.map((status) => ({ code: code as ProblemCode, status })),
  ),
];

/** Nothing is recorded unless openTelemetry.ts has loaded an OpenTelemetry SDK first. */
export const metrics = {
  tokensIssued: counter<{ readonly kind: "acs" | "teams" }>(
    "tokens_issued",
    "Tokens issued, by kind: acs or teams",
    [{ kind: "acs" }, { kind: "teams" }],
  ),
  failures: counter("failures", "Requests that failed, by code and status", failures),
  signInRefusals: counter<{ readonly reason: RefusalReason }>(
    "sign_in_refusals",
    "Tokens of sign-ins that were refused, by reason",
    refusalReasons,
  ),
  alarms: counter<{ readonly alarm: Alarm }>(
    "alarms",
    "Faults that only the operators can fix, by alarm",
    alarms.map((alarm) => ({ alarm })),
  ),
  limitRefusals: counter<{ readonly operation: Operation }>(
    "limit_refusals",
    "Calls that the resource's limit didn't permit, by operation",
    operations,
  ),
  ledgerEntries: gauge("ledger_entries", "Entries of the ledger, by state"),
  dependencyUp: gauge("dependency_up", "1 if it worked at the last check: database, issuer or acs"),
  responseSeconds: histogram<{ readonly route: string }>(
    "response_seconds",
    "How long those waited for a response who may call, by route",
  ),
  dependencySeconds: histogram<{ readonly dependency: "database" | "issuer" | "acs" }>(
    "dependency_seconds",
    "How long a request to a dependency took, by dependency",
  ),
  ready: gauge("ready", "1 while this instance serves requests"),
  startTime: gauge("start_time_seconds", "When this process started, in seconds since 1970"),
};
// The alert rules take the whole of a counter as new if its process is younger than what they look at.
metrics.startTime.record(performance.timeOrigin / 1000);
metrics.ready.record(0);
