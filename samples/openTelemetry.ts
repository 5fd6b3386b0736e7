/**
 * Traces the library with OpenTelemetry: within the app's own span, each method has a span, and below it one for each
 * HTTP attempt. The service receives the `traceparent`.
 *
 * Needs `@azure/opentelemetry-instrumentation-azure-sdk` and the OpenTelemetry packages below. Uses the local emulator.
 */
import { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";
import { createAzureSdkInstrumentation } from "@azure/opentelemetry-instrumentation-azure-sdk";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

// In an app, put this part into a separate file and load it first: node --import ./tracing.js app.js
// Azure's own hook, since another version's creates no spans.
const azure = createRequire(import.meta.url).resolve("@azure/opentelemetry-instrumentation-azure-sdk");
register("@opentelemetry/instrumentation/hook.mjs", pathToFileURL(azure));
const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
);
registerInstrumentations({ instrumentations: [createAzureSdkInstrumentation()] });

// Imported after the hook, because the instrumentation applies only to modules that are loaded later.
const { CommunicationIdentityClient, isRestError } = await import("acs-identity");
const { startEmulator } = await import("acs-identity/emulator");

const emulator = await startEmulator();
const client = new CommunicationIdentityClient(emulator.connectionString, {
  retryOptions: { retryDelayInMs: 10 },
});

await trace.getTracer("sample").startActiveSpan("sign-up", async (span) => {
  const user = await client.createUser();
  emulator.service.failNext({ status: 503, retryAfterInSeconds: 0 });
  await client.getToken(user, ["chat"]);
  await client.getToken(user, []).catch((error: unknown) => {
    if (!isRestError(error)) throw error;
  });
  span.end();
});

const spans = exporter.getFinishedSpans();
printBelow(undefined, "");
const received = new Set(emulator.service.requests.map(({ headers }) => headers.traceparent?.split("-")[1]));
const [traceId] = new Set(spans.map((span) => span.spanContext().traceId));
console.log(`The service received only this trace: ${received.size === 1 && received.has(traceId)}`);
await emulator.close();

function printBelow(parent: string | undefined, indent: string): void {
  for (const span of spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)) {
    console.log(`${indent}${describe(span)}`);
    printBelow(span.spanContext().spanId, `${indent}  `);
  }
}

function describe({ name, kind, status, attributes }: ReadableSpan): string {
  const answer = attributes["http.status_code"] ?? attributes["http.response.status_code"];
  const url = attributes["http.url"] ?? attributes["url.full"];
  const details = [
    SpanKind[kind].toLowerCase(),
    ...(url ? [new URL(String(url)).pathname] : []),
    ...(answer ? [answer] : []),
    ...(status.code === SpanStatusCode.ERROR ? ["error"] : []),
  ];
  return `${name} (${details.join(", ")})`;
}
