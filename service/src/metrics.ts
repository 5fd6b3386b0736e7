import { metrics as api } from "@opentelemetry/api";

const meter = api.getMeter("token-service");
const counter = (name: string, description: string) =>
  meter.createCounter(`token_service.${name}`, { description });
const gauge = (name: string, description: string) =>
  meter.createGauge(`token_service.${name}`, { description });

/** Nothing is recorded unless openTelemetry.ts has loaded an OpenTelemetry SDK first. */
export const metrics = {
  tokensIssued: counter("tokens_issued", "Tokens issued, by kind: acs or teams"),
  failures: counter("failures", "Requests that failed, by code and status"),
  alarms: counter("alarms", "Faults that only the operators can fix, by alarm"),
  limitRefusals: counter("limit_refusals", "Calls that the resource's limit didn't permit, by operation"),
  ledgerEntries: gauge("ledger_entries", "Entries of the ledger, by state"),
  dependencyUp: gauge("dependency_up", "1 if it worked at the last check: database, issuer or credential"),
};
