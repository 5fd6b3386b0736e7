import { metrics as api } from "@opentelemetry/api";

const meter = api.getMeter("token-service");

/** Nothing is recorded unless openTelemetry.ts has loaded an OpenTelemetry SDK first. */
export const metrics = {
  tokensIssued: meter.createCounter("token_service.tokens_issued", {
    description: "Tokens issued, by kind: acs or teams",
  }),
  failures: meter.createCounter("token_service.failures", {
    description: "Requests that failed, by code and status",
  }),
  alarms: meter.createCounter("token_service.alarms", {
    description: "Faults that only the operators can fix, by alarm",
  }),
  limitRefusals: meter.createCounter("token_service.limit_refusals", {
    description: "Calls to ACS that the resource's limit didn't permit, by operation",
  }),
  ledgerEntries: meter.createGauge("token_service.ledger_entries", {
    description: "Entries of the ledger, by state",
  }),
  dependencyUp: meter.createGauge("token_service.dependency_up", {
    description: "1 if the dependency worked at the last check, otherwise 0: database, issuer or credential",
  }),
};
