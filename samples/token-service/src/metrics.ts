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
  duration: meter.createHistogram("http.server.request.duration", {
    unit: "s",
    description: "Duration of requests, by method, route and status",
    advice: {
      explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    },
  }),
  limitLeft: meter.createGauge("token_service.limit_left", {
    description: "Calls that the resource has left in the current window, by operation",
  }),
  ledgerEntries: meter.createGauge("token_service.ledger_entries", {
    description: "Entries of the ledger, by state",
  }),
};
