// Runs the library with the real OpenTelemetry and Azure's instrumentation, which are global to this file's process.
import { register } from "node:module";
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
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import type * as Ours from "../../../src/index.js";
import { stubTransport } from "../../helpers/stubTransport.js";
import { slowUnitTimeLimit } from "../../helpers/timeLimit.js";

type Client = Pick<Ours.CommunicationIdentityClient, "createUser" | "getToken" | "revokeTokens">;
type ClientClass = new (
  connectionString: string,
  options?: Ours.CommunicationIdentityClientOptions,
) => Client;

const exporter = new InMemorySpanExporter();
let clients: { readonly ours: ClientClass; readonly official: ClientClass };
let emulator: Emulator;

beforeAll(async () => {
  register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  registerInstrumentations({ instrumentations: [createAzureSdkInstrumentation()] });
  // Imported after the hook, as in an app: the instrumentation sets itself up when core-tracing is loaded.
  const [ours, official] = await Promise.all([
    import("../../../src/index.js"),
    import("@azure/communication-identity"),
  ]);
  clients = { ours: ours.CommunicationIdentityClient, official: official.CommunicationIdentityClient };
  emulator = await startEmulator();
  // It loads both packages through the hooks of the instrumentation.
}, slowUnitTimeLimit);
afterAll(() => emulator.close());
beforeEach(() => {
  exporter.reset();
  emulator.service.reset();
});

/** Returns the spans of what a client does, parents first. */
async function traced(
  of: keyof typeof clients,
  call: (client: Client) => Promise<unknown>,
): Promise<ReadableSpan[]> {
  const client = new clients[of](emulator.connectionString, {
    allowInsecureConnection: true,
    retryOptions: { retryDelayInMs: 1 },
  });
  exporter.reset();
  await call(client);
  const spans = exporter.getFinishedSpans();
  const below = (parent: string | undefined): ReadableSpan[] =>
    spans
      .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
      .flatMap((span) => [span, ...below(span.spanContext().spanId)]);
  return below(undefined);
}

const namesOf = (spans: readonly ReadableSpan[]) => spans.map(({ name }) => name);
const receivedTraceparents = () => emulator.service.requests.map(({ headers }) => headers.traceparent);
const traceparentOf = (span: ReadableSpan | undefined) => {
  const { traceId, spanId } = span?.spanContext() ?? {};
  return `00-${traceId}-${spanId}-01`;
};
const foreignUser = { communicationUserId: "8:acs:someone-else" };

describe("under OpenTelemetry, a call", () => {
  it("has the attempt's span as the active one while the transport sends it", async () => {
    let active: string | undefined;
    const httpClient = stubTransport(() => {
      active = trace.getActiveSpan()?.spanContext().spanId;
      return { status: 204 };
    });
    await new clients.ours(emulator.connectionString, { httpClient }).revokeTokens(foreignUser);
    const attempt = exporter.getFinishedSpans().find(({ name }) => name === "HTTP POST");
    expect(attempt?.spanContext()).toMatchObject({ spanId: active });
  });

  it("has its own span with the attempt's span below it, in one trace", async () => {
    const user = await new clients.ours(emulator.connectionString).createUser();
    const [method, attempt, ...others] = await traced("ours", (client) => client.getToken(user, ["chat"]));
    expect(others).toEqual([]);
    expect(method).toMatchObject({
      name: "CommunicationIdentityClient.getToken",
      kind: SpanKind.INTERNAL,
      status: { code: SpanStatusCode.UNSET },
      attributes: { "az.namespace": "Microsoft.Communication" },
      instrumentationScope: { name: "acs-identity" },
    });
    const request = emulator.service.requests.at(-1);
    expect(attempt).toMatchObject({ name: "HTTP POST", kind: SpanKind.CLIENT });
    expect(attempt?.attributes).toEqual({
      "az.namespace": "Microsoft.Communication",
      "http.method": "POST",
      "http.url": `${emulator.url}/identities/REDACTED/:issueAccessToken?api-version=2023-10-01`,
      "http.user_agent": request?.headers["user-agent"],
      "http.status_code": 200,
      requestId: request?.headers["x-ms-client-request-id"],
    });
    expect(attempt?.spanContext().traceId).toBe(method?.spanContext().traceId);
    expect(attempt?.parentSpanContext?.spanId).toBe(method?.spanContext().spanId);
  });

  it("has a span below the app's own span", async () => {
    const spans = await traced("ours", (client) =>
      trace.getTracer("app").startActiveSpan("sign-up", async (span) => {
        await Promise.all([client.createUser(), client.createUser()]);
        span.end();
      }),
    );
    const call = ["CommunicationIdentityClient.createUser", "HTTP POST"];
    expect(namesOf(spans)).toEqual(["sign-up", ...call, ...call]);
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
  });

  it("has a span for each attempt, and sends each of them to the service", async () => {
    emulator.service.failNext({ status: 503, retryAfterInSeconds: 0 });
    emulator.service.failNext({ drop: "before" });
    const [method, ...attempts] = await traced("ours", (client) => client.createUser());
    expect(attempts.map(({ attributes }) => attributes["http.status_code"])).toEqual([503, undefined, 201]);
    expect(attempts.map(({ status }) => status.code)).toEqual([
      SpanStatusCode.ERROR,
      SpanStatusCode.ERROR,
      SpanStatusCode.UNSET,
    ]);
    expect(attempts[1]?.events.map(({ name, attributes }) => [name, attributes?.["exception.type"]])).toEqual(
      [["exception", "ECONNRESET"]],
    );
    expect(method?.status.code).toBe(SpanStatusCode.UNSET);
    expect(receivedTraceparents()).toEqual(attempts.map(traceparentOf));
  });

  it("that the service rejects is an error in both spans, with the service's code", async () => {
    const [method, attempt] = await traced("ours", (client) =>
      client.getToken(foreignUser, ["chat"]).catch(() => undefined),
    );
    expect(method?.status).toEqual({
      code: SpanStatusCode.ERROR,
      message: expect.stringMatching(
        /^RestError: Provided identity doesn't belong to the resource\. \(Emulator: /,
      ),
    });
    expect(method?.events).toMatchObject([
      { name: "exception", attributes: { "exception.type": "IdentityNotOwned" } },
    ]);
    expect(attempt?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(attempt?.attributes["http.status_code"]).toBe(401);
    expect(JSON.stringify([method?.attributes, attempt?.attributes, method?.events])).not.toContain(
      "someone-else",
    );
  });

  it("has HTTP spans of the same kinds, names and attributes as those of Azure's own pipeline", async () => {
    const call = (client: Client) =>
      client
        .createUser()
        .then((user) => client.revokeTokens(user))
        .then(() => client.getToken(foreignUser, ["chat"]))
        .catch(() => undefined);
    const shapeOf = ({ name, kind, status, attributes, events }: ReadableSpan) => ({
      name,
      kind,
      status,
      attributes: Object.keys(attributes).sort(),
      statusCode: attributes["http.status_code"],
      events: events.length,
    });
    const isAttempt = ({ kind }: ReadableSpan) => kind === SpanKind.CLIENT;
    const ours = (await traced("ours", call)).filter(isAttempt).map(shapeOf);
    const official = (await traced("official", call)).filter(isAttempt).map(shapeOf);
    expect(official.map(({ statusCode }) => statusCode)).toEqual([201, 204, 401]);
    expect(ours).toEqual(official);
  });
});
