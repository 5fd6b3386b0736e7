// Core's own policy (core-rest-pipeline 1.25.1) puts the ids of users into the URL of each span.
import type { PipelinePolicy, RestError } from "@azure/core-rest-pipeline";
import type { TracingSpan } from "@azure/core-tracing";
import { redact } from "./redact.js";
import { inSpan, tracing } from "./span.js";

/** Creates one client span per attempt, with the attributes that core gives it, and sends its `traceparent`. */
export function tracingPolicy(redactUrl: (url: string) => string): PipelinePolicy {
  return {
    name: "tracingPolicy",
    sendRequest(request, next) {
      const { method, url, headers, requestId, tracingOptions } = request;
      // Without options, this span would have no parent.
      if (!tracingOptions) return next(request);
      return inSpan(
        `HTTP ${method}`,
        { tracingOptions },
        { spanKind: "client" },
        async (span, childTracing) => {
          if (!span.isRecording()) return next(request);
          setAttributes(span, {
            "http.method": method,
            "http.url": redactUrl(url),
            "http.user_agent": headers.get("User-Agent") ?? headers.get("x-ms-useragent"),
            requestId,
          });
          for (const [name, value] of Object.entries(
            tracing.createRequestHeaders(childTracing.tracingContext),
          )) {
            headers.set(name, value);
          }
          const response = await next(request).catch((error: Partial<RestError> | undefined) => {
            setAttributes(span, { "http.status_code": error?.statusCode });
            throw error;
          });
          const serviceRequestId = response.headers.get("x-ms-request-id");
          setAttributes(span, {
            "http.status_code": response.status,
            serviceRequestId: serviceRequestId && redact(serviceRequestId, response.request),
          });
          if (response.status >= 400) span.setStatus({ status: "error" });
          return response;
        },
      );
    },
  };
}

function setAttributes(span: TracingSpan, attributes: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) span.setAttribute(name, value);
  }
}
