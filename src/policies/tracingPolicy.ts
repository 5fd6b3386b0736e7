// Core's puts the ids of users into the URL of each span, and builds every attribute before it asks for a tracer.

import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import type { TracingSpan } from "@azure/core-tracing";
import { redactUrl, urlRedactionOf } from "../redactUrl.js";
import { tracing } from "../tracing.js";
import type { LoggingOptions } from "./logPolicy.js";

/** One client span per attempt, with the attributes of core's, and its `traceparent` on the request. */
export function tracingPolicy(options: LoggingOptions): PipelinePolicy {
  const redaction = urlRedactionOf(options);
  return {
    name: "acsTracingPolicy",
    async sendRequest(request, next) {
      // Its method's span is not recorded, so that this one would have no parent.
      if (!request.tracingOptions) return next(request);
      const { span, updatedOptions } = tracing.startSpan(`HTTP ${request.method}`, request, {
        spanKind: "client",
      });
      if (!span.isRecording()) {
        span.end();
        return next(request);
      }
      const { tracingContext } = updatedOptions.tracingOptions;
      setAttributes(span, {
        "http.method": request.method,
        "http.url": redactUrl(request.url, redaction),
        "http.user_agent": request.headers.get("User-Agent") ?? request.headers.get("x-ms-useragent"),
        requestId: request.requestId,
      });
      for (const [name, value] of Object.entries(tracing.createRequestHeaders(tracingContext))) {
        request.headers.set(name, value);
      }
      try {
        const response = await tracing.withContext(tracingContext, next, request);
        setAttributes(span, {
          "http.status_code": response.status,
          serviceRequestId: response.headers.get("x-ms-request-id"),
        });
        if (response.status >= 400) span.setStatus({ status: "error" });
        return response;
      } catch (error) {
        const { statusCode } = (error ?? {}) as { statusCode?: number };
        setAttributes(span, { "http.status_code": statusCode });
        span.setStatus({ status: "error", error: error as Error });
        throw error;
      } finally {
        span.end();
      }
    },
  };
}

function setAttributes(span: TracingSpan, attributes: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) span.setAttribute(name, value);
  }
}
