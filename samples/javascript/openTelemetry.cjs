// Generated from samples/openTelemetry.ts by npm run samples: edit that file, or a copy of this one.
/**
 * Traces the library with OpenTelemetry: within the app's own span, each method has a span, and below it one for each
 * HTTP attempt. The service receives the `traceparent`.
 *
 * Needs `@azure/opentelemetry-instrumentation-azure-sdk` and the OpenTelemetry packages below. Uses the local emulator.
 */
const { createRequire, register } = require("node:module");
const { pathToFileURL } = require("node:url");
const { createAzureSdkInstrumentation } = require("@azure/opentelemetry-instrumentation-azure-sdk");
const { context, SpanKind, SpanStatusCode, trace } = require("@opentelemetry/api");
const { AsyncLocalStorageContextManager } = require("@opentelemetry/context-async-hooks");
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} = require("@opentelemetry/sdk-trace-base");

async function main() {
  // In an app, put this part into a separate file and load it first: node --import ./tracing.js app.js
  // Azure's own hook, since another version's creates no spans.
  const azure = createRequire(require("node:url").pathToFileURL(__filename)).resolve(
    "@azure/opentelemetry-instrumentation-azure-sdk",
  );
  register("@opentelemetry/instrumentation/hook.mjs", pathToFileURL(azure));
  const exporter = new InMemorySpanExporter();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  registerInstrumentations({ instrumentations: [createAzureSdkInstrumentation()] });

  // Imported after the hook, because the instrumentation applies only to modules that are loaded later.
  const { CommunicationIdentityClient, isRestError } = require("acs-identity");
  const { startEmulator } = require("acs-identity/emulator");

  const emulator = await startEmulator();
  const client = new CommunicationIdentityClient(emulator.connectionString, {
    retryOptions: { retryDelayInMs: 10 },
  });

  await trace.getTracer("sample").startActiveSpan("sign-up", async (span) => {
    const user = await client.createUser();
    emulator.service.failNext({ status: 503, retryAfterInSeconds: 0 });
    await client.getToken(user, ["chat"]);
    await client.getToken(user, []).catch((error) => {
      if (!isRestError(error)) throw error;
    });
    span.end();
  });

  const spans = exporter.getFinishedSpans();
  printBelow(undefined, "");
  const received = new Set(
    emulator.service.requests.map(({ headers }) => headers.traceparent?.split("-")[1]),
  );
  const [traceId] = new Set(spans.map((span) => span.spanContext().traceId));
  console.log(`The service received only this trace: ${received.size === 1 && received.has(traceId)}`);
  await emulator.close();

  function printBelow(parent, indent) {
    for (const span of spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)) {
      console.log(`${indent}${describe(span)}`);
      printBelow(span.spanContext().spanId, `${indent}  `);
    }
  }

  function describe({ name, kind, status, attributes }) {
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
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
