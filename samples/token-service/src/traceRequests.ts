import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { FastifyInstance } from "fastify";

const tracer = trace.getTracer("token-service");

/** Adds a server span for each request, below the caller's. Costs nothing unless an OpenTelemetry SDK is loaded. */
export function traceRequests(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    const { url } = request.routeOptions;
    const parent = propagation.extract(context.active(), request.headers);
    const span = tracer.startSpan(
      `${request.method} ${url ?? ""}`.trimEnd(),
      {
        kind: SpanKind.SERVER,
        attributes: { "http.request.method": request.method, "http.route": url ?? "" },
      },
      parent,
    );
    reply.raw.once("close", () => {
      const status = reply.statusCode;
      span.setAttribute("http.response.status_code", status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    context.with(trace.setSpan(parent, span), done);
  });
}
