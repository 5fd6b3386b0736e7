import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call } from "../inProcess.js";
import { noPostgres } from "../postgres.js";
import { type Ground, openLab, prepareGround, root } from "./lab.js";

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

interface Metric {
  readonly name: string;
  readonly unit?: string;
  readonly sum?: { readonly isMonotonic?: boolean };
}

/** The parts of an OTLP export that this test reads. */
interface Exported {
  readonly resourceSpans?: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[];
  }[];
}

describe.skipIf(noPostgres)(`OpenTelemetry${noPostgres}`, () => {
  let ground: Ground;
  let collector: Server;
  const spans: Span[] = [];
  const metrics = new Map<string, Metric>();
  const texts: string[] = [];

  beforeAll(async () => {
    ground = await prepareGround();
    collector = createServer(async (request, response) => {
      const exported = await json(request);
      texts.push(JSON.stringify(exported));
      const { resourceSpans = [], resourceMetrics = [] } = exported as Exported;
      for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
      for (const { scopeMetrics } of resourceMetrics)
        for (const scope of scopeMetrics)
          for (const metric of scope.metrics) metrics.set(metric.name, metric);
      response.setHeader("Content-Type", "application/json").end("{}");
    });
    collector.listen(0, "127.0.0.1");
    await once(collector, "listening");
  });
  afterAll(async () => {
    collector?.close();
    await ground?.close();
  });

  it("receives the service's traces and metrics, including the last ones when it stops", async () => {
    const lab = await openLab(ground);
    try {
      const { port } = collector.address() as AddressInfo;
      const instance = await lab.startInstance({
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      });
      const traceId = "0af7651916cd43dd8448eb211c80319c";
      const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
      const reply = await call(
        instance.url,
        "POST",
        "/token?secret=hidden",
        await lab.signIn("alice"),
        headers,
      );
      expect(reply.status).toBe(200);
      await call(instance.url, "POST", "/token");
      expect(await instance.end("SIGTERM")).toBe(0);

      const [server] = spans.filter(({ traceId: id, name }) => id === traceId && name === "POST /token");
      expect(server?.parentSpanId).toBe("b7ad6b7169203331");
      const names = new Set(spans.filter(({ traceId: id }) => id === traceId).map(({ name }) => name));
      expect([...names]).toEqual(
        expect.arrayContaining([
          "CommunicationIdentityClient.createUser",
          "CommunicationIdentityClient.getToken",
          expect.stringMatching(/^pg\.query:/),
        ]),
      );
      expect(texts.join()).not.toContain("hidden");
      expect(texts.join(), "the log goes to standard output").not.toContain("resourceLogs");
      expect(texts.join()).toContain('{"key":"service.name","value":{"stringValue":"token-service"}}');
      const queries = spans.filter((span) => span.name.startsWith("pg"));
      expect(queries.filter((span) => !span.parentSpanId)).toEqual([]);
      const lines = instance.log.map((line) => JSON.parse(line));
      expect(lines.filter(({ msg }) => msg === "Answered")).toMatchObject([
        { route: "/token", status: 200, trace_id: traceId, span_id: expect.any(String) },
        { route: "/token", status: 401, trace_id: expect.any(String) },
      ]);
      expect([...metrics.keys()]).toEqual(
        expect.arrayContaining([
          "db.client.connection.count",
          "db.client.connection.pending_requests",
          "http.server.request.duration",
          "token_service.dependency_up",
          "token_service.failures",
          "token_service.ledger_entries",
          "token_service.tokens_issued",
        ]),
      );
      // The names are those that a receiver of OTLP in Prometheus gives, which adds the unit unless it is in braces.
      const named = Array.from(metrics.values(), ({ name, unit = "", sum }) =>
        [name.replaceAll(".", "_"), unit.replace(/^\{.*\}$/, ""), sum?.isMonotonic ? "total" : ""]
          .filter(Boolean)
          .join("_"),
      );
      const rules = readFileSync(join(root, "operations/alerts.yaml"), "utf8");
      const series = rules.match(/\b(?:token_service|db_client)_\w+/g) ?? [];
      const used = new Set(series.map((name) => name.replace(/_(?:bucket|count)$/, "")));
      expect(named).toEqual(expect.arrayContaining([...used]));
      expect(texts.join(), "tells the instances apart").toContain('{"key":"service.instance.id"');
    } finally {
      await lab.close();
    }
  });
});
