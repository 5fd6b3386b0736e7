import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { createTracingClient, type TracingSpan, useInstrumenter } from "@azure/core-tracing";
import { afterEach, describe, expect, it } from "vitest";
import { tracingPolicy } from "../../../src/pipeline/tracingPolicy.js";
import { urlRedactor } from "../../../src/pipeline/urlRedactor.js";

const { tracingContext } = createTracingClient({ namespace: "n", packageName: "p" }).startSpan("parent")
  .updatedOptions.tracingOptions;

afterEach(() => useInstrumenter(instrumenterOf([], false)));

function instrumenterOf(events: unknown[], isRecording: boolean): Parameters<typeof useInstrumenter>[0] {
  const span: TracingSpan = {
    isRecording: () => isRecording,
    setStatus: (status) => void events.push(["status", status]),
    setAttribute: (name, value) => void events.push([name, value]),
    recordException: (error) => void events.push(["exception", error]),
    addEvent: (name) => void events.push(["event", name]),
    end: () => void events.push("end"),
  };
  return {
    startSpan: (name, options) => {
      events.push(["start", name, options?.spanKind]);
      return { span, tracingContext };
    },
    withContext: (_context, callback, ...args) => callback(...args),
    parseTraceparentHeader: () => undefined,
    createRequestHeaders: () => ({ traceparent: "the-parent" }),
  };
}

interface Trace {
  readonly headers?: Record<string, string>;
  readonly isRecording?: boolean;
  readonly isTraced?: boolean;
  readonly answer: Partial<PipelineResponse> | Error;
}

/** Runs one attempt and records the calls on its span. */
async function trace({ headers = {}, isRecording = true, isTraced = true, answer }: Trace) {
  const events: unknown[] = [];
  useInstrumenter(instrumenterOf(events, isRecording));
  const request = createPipelineRequest({
    url: "https://a.example/identities/8%3Aacs?api-version=1",
    method: "DELETE",
    requestId: "the-id",
    headers: createHttpHeaders(headers),
  });
  if (isTraced) request.tracingOptions = { tracingContext };
  const call = tracingPolicy(urlRedactor(["identities"], {})).sendRequest(request, async () => {
    if (answer instanceof Error) throw answer;
    return { request, status: 200, headers: createHttpHeaders(), ...answer };
  });
  const outcome = await call.catch((error: unknown) => error);
  return { events, outcome, traceparent: request.headers.get("traceparent") };
}

const begin = [
  ["start", "HTTP DELETE", "client"],
  ["az.namespace", "Microsoft.Communication"],
  ["http.method", "DELETE"],
  ["http.url", "https://a.example/identities/REDACTED?api-version=1"],
];

describe("the span of an attempt", () => {
  it("has the attributes of Azure's own spans, and sets the request's traceparent", async () => {
    const { events, traceparent } = await trace({
      headers: { "User-Agent": "agent", "x-ms-useragent": "other", Authorization: "Bearer what-was-sent" },
      answer: { headers: createHttpHeaders({ "x-ms-request-id": "theirs what-was-sent" }) },
    });
    expect(events.filter((event) => !String(event).startsWith("az."))).toEqual([
      ...begin.filter(([name]) => name !== "az.namespace"),
      ["http.user_agent", "agent"],
      ["requestId", "the-id"],
      ["http.status_code", 200],
      ["serviceRequestId", "theirs REDACTED"],
      "end",
    ]);
    expect(traceparent).toBe("the-parent");
  });

  it("has the user agent that a web page sends, and no attribute without a value", async () => {
    const page = await trace({ headers: { "x-ms-useragent": "page" }, answer: {} });
    expect(page.events).toContainEqual(["http.user_agent", "page"]);
    const { events } = await trace({ answer: {} });
    expect(events.map((event) => String(event).split(",")[0])).not.toContain("http.user_agent");
    expect(events.map((event) => String(event).split(",")[0])).not.toContain("serviceRequestId");
  });

  it.each([
    [399, false],
    [400, true],
    [503, true],
  ])("that ended with %i is marked as an error: %s", async (status, isError) => {
    const { events } = await trace({ answer: { status } });
    expect(events.filter((event) => String(event).startsWith("status"))).toEqual(
      isError ? [["status", { status: "error" }]] : [],
    );
    expect(events.at(-1)).toBe("end");
  });

  it("records the error of a lost connection, and the status if there was one", async () => {
    const request = createPipelineRequest({ url: "https://a.example/identities/8%3Aacs" });
    const lost = new RestError("lost", { code: "ECONNRESET", statusCode: 200, request });
    const { events, outcome } = await trace({ answer: lost });
    expect(outcome).toBe(lost);
    expect(events.slice(-3)).toEqual([
      ["http.status_code", 200],
      ["status", { status: "error", error: expect.any(Error) }],
      "end",
    ]);
    const [, status] = events.at(-2) as [string, { error: object }];
    const { message, stack } = lost;
    const shown = { name: "RestError", message, stack, code: "ECONNRESET" };
    expect(status.error).toMatchObject(shown);
    expect(Object.getOwnPropertyNames(status.error).toSorted()).toEqual(Object.keys(shown).toSorted());
    const other = await trace({ answer: new Error("x") });
    expect(other.events.map((event) => String(event).split(",")[0])).not.toContain("http.status_code");
  });

  it("gets no attributes when it isn't recorded, and isn't started without a parent", async () => {
    const silent = await trace({ isRecording: false, answer: {} });
    expect(silent.events.filter((event) => !String(event).startsWith("az."))).toEqual([begin[0], "end"]);
    expect(silent.traceparent).toBeUndefined();
    expect((await trace({ isTraced: false, answer: {} })).events).toEqual([]);
  });
});
