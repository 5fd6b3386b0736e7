/**
 * Loads OpenTelemetry before anything else: `node --import ./dist/openTelemetry.js …`. Does nothing unless
 * OTEL_EXPORTER_OTLP_ENDPOINT is set. OpenTelemetry reads all other variables itself.
 */
import { register } from "node:module";

if (process.env.OTEL_EXPORTER_OTLP_ENDPOINT) {
  process.env.OTEL_SERVICE_NAME ??= "token-service";
  process.env.OTEL_METRICS_EXPORTER ??= "otlp";
  // For the spans of acs-identity and of @azure/identity.
  register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
  const { NodeSDK } = await import("@opentelemetry/sdk-node");
  const { createAzureSdkInstrumentation } = await import("@azure/opentelemetry-instrumentation-azure-sdk");
  const sdk = new NodeSDK({ instrumentations: [createAzureSdkInstrumentation()] });
  sdk.start();
  // Sends what was recorded last, after the service has stopped.
  process.once("beforeExit", () => void sdk.shutdown());
}
