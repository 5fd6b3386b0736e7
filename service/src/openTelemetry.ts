/**
 * Loads OpenTelemetry before anything else: `node --import ./dist/openTelemetry.js …`. Does nothing unless
 * OTEL_EXPORTER_OTLP_ENDPOINT is set. OpenTelemetry reads all other variables itself.
 */
import "./signals.js";
import { register } from "node:module";
import { loadDotEnv } from "./dotEnv.js";

loadDotEnv();
if (process.env.OTEL_EXPORTER_OTLP_ENDPOINT) {
  process.env.OTEL_SERVICE_NAME ??= "token-service";
  process.env.OTEL_METRICS_EXPORTER ??= "otlp";
  process.env.OTEL_SEMCONV_STABILITY_OPT_IN ??= "http,database";
  // For what is imported as a module, such as acs-identity.
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
    instrumentations: [
      azure.createAzureSdkInstrumentation(),
      // No route reads a query, so what is in one may be a secret.
      new http.HttpInstrumentation({ startIncomingSpanHook: () => ({ "url.query": "" }) }),
      new pg.PgInstrumentation({ requireParentSpan: true }),
      // The log goes to standard output; its lines get the ids of the trace.
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
