// Core's own policy (core-rest-pipeline 1.25.1) puts the ids of users into the URL of each span.
import type { PipelinePolicy, RestError } from "@azure/core-rest-pipeline";
import { createTracingClient, type TracingClient, type TracingSpan } from "@azure/core-tracing";
import { packageVersion } from "../shared/version.js";
import { redact } from "./redact.js";

export const tracing: TracingClient = createTracingClient({
  namespace: "Microsoft.Communication",
  packageName: "acs-identity",
  packageVersion,
});

const spanOptions = { spanKind: "client" } as const;

/** Creates one client span per attempt, with the attributes that core gives it, and sends its `traceparent`. */
export function tracingPolicy(redactUrl: (url: string) => string): PipelinePolicy {
  return {
    name: "tracingPolicy",
    async sendRequest(request, next) {
      const { method, url, headers, requestId, tracingOptions } = request;
      // Without options, this span would have no parent.
      if (!tracingOptions) return next(request);
      const { span, updatedOptions } = tracing.startSpan(`HTTP ${method}`, { tracingOptions }, spanOptions);
      try {
        if (!span.isRecording()) return await next(request);
        const { tracingContext } = updatedOptions.tracingOptions;
        setAttributes(span, {
          "http.method": method,
          "http.url": redactUrl(url),
          "http.user_agent": headers.get("User-Agent") ?? headers.get("x-ms-useragent"),
          requestId,
        });
        for (const [name, value] of Object.entries(tracing.createRequestHeaders(tracingContext))) {
          headers.set(name, value);
        }
        const response = await tracing.withContext(tracingContext, next, request);
        const serviceRequestId = response.headers.get("x-ms-request-id");
        setAttributes(span, {
          "http.status_code": response.status,
          serviceRequestId: serviceRequestId && redact(serviceRequestId, response.request),
        });
        if (response.status >= 400) span.setStatus({ status: "error" });
        return response;
      } catch (error) {
        const { statusCode } = (error ?? {}) as { statusCode?: number };
        setAttributes(span, { "http.status_code": statusCode });
        span.setStatus({ status: "error", error: withoutRequest(error) });
        throw error;
      } finally {
        span.end();
      }
    },
  };
}

/** Copies what a tracer shows of an error. The request of a `RestError` holds a signature, a body and the ids in its URL. */
function withoutRequest(error: unknown): Error {
  const { name, message = String(error), stack, code } = Object(error) as Partial<RestError>;
  return Object.assign(new Error(message), { name, stack, code });
}

function setAttributes(span: TracingSpan, attributes: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) span.setAttribute(name, value);
  }
}
