/**
 * Loads OpenTelemetry before anything else: `node --import ./dist/openTelemetry.js …`. Does nothing unless
 * OTEL_EXPORTER_OTLP_ENDPOINT is set, or OTEL_METRICS_EXPORTER names `prometheus`. OpenTelemetry reads all other variables
 * itself.
 */
import "./signals.js";
import { register } from "node:module";
import { loadDotEnv } from "./dotEnv.js";

loadDotEnv();
const { env } = process;
const isSent = Boolean(env.OTEL_EXPORTER_OTLP_ENDPOINT);
const isScraped = env.OTEL_METRICS_EXPORTER?.split(",").some((name) => name.trim() === "prometheus") ?? false;

if (isSent || isScraped) {
  env.OTEL_SERVICE_NAME ??= "token-service";
  env.OTEL_METRICS_EXPORTER ??= "otlp";
  env.OTEL_SEMCONV_STABILITY_OPT_IN ??= "http,database";
  // Without an id of the instance, Prometheus takes the counters of all instances for the same. The exporter that is scraped
  // doesn't wait for the host's id, and complains of that at each request.
  env.OTEL_NODE_RESOURCE_DETECTORS ??= `env,process,serviceinstance${isScraped ? "" : ",host"}`;
  // The exporter's own default is every address of the machine.
  env.OTEL_EXPORTER_PROMETHEUS_HOST ??= "127.0.0.1";
  const { logExportFailures } = await import("./exportFailures.js");
  logExportFailures((line) => process.stdout.write(line));
  // The hook lets instrumentations reach what is imported as a module, such as acs-identity.
  register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
  const [{ NodeSDK }, azure, http, pg, pino, fastify] = await Promise.all([
    import("@opentelemetry/sdk-node"),
    import("@azure/opentelemetry-instrumentation-azure-sdk"),
    import("@opentelemetry/instrumentation-http"),
    import("@opentelemetry/instrumentation-pg"),
    import("@opentelemetry/instrumentation-pino"),
    import("@fastify/otel"),
  ]);
  const sdk = new NodeSDK({
    // The log goes to standard output alone.
    logRecordProcessors: [],
    // Without an endpoint, the exporter of traces would try one on this machine. With "none", OpenTelemetry would warn.
    ...((env.OTEL_TRACES_EXPORTER ?? (isSent ? "otlp" : "none")) === "none" ? { spanProcessors: [] } : {}),
    instrumentations: [
      azure.createAzureSdkInstrumentation(),
      // No route reads a query, so what is in one may be a secret.
      new http.HttpInstrumentation({ startIncomingSpanHook: () => ({ "url.query": "" }) }),
      new pg.PgInstrumentation({ requireParentSpan: true }),
      // Lines of the log get the ids of the trace.
      new pino.PinoInstrumentation({ disableLogSending: true }),
      new fastify.FastifyOtelInstrumentation({
        registerOnInitialization: true,
        requestHook: (span, { url }) => void span.setAttribute("url.path", url.split("?", 1)[0] ?? ""),
      }),
    ],
  });
  sdk.start();
  // Sends what was recorded last, after the service has stopped.
  process.once("beforeExit", () => void sdk.shutdown());
}
