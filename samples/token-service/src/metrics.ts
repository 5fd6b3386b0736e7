import { metrics as api } from "@opentelemetry/api";

const meter = api.getMeter("token-service");

/** Nothing is recorded unless openTelemetry.ts has loaded an OpenTelemetry SDK first. */
export const metrics = {
  tokensIssued: meter.createCounter("token_service.tokens_issued", {
    description: "Tokens issued, by kind: acs or teams",
  }),
  failures: meter.createCounter("token_service.failures", { description: "Requests that failed, by code" }),
  alarms: meter.createCounter("token_service.alarms", {
    description: "Faults that only the operators can fix, by alarm",
  }),
  limitLeft: meter.createGauge("token_service.limit_left", {
    description: "Calls that the resource has left in the current window, by operation",
  }),
  ledgerEntries: meter.createGauge("token_service.ledger_entries", {
    description: "Entries of the ledger, by state",
  }),
};
