// Rows T99, T102: core's own (1.25.1) puts the ids of users into the URL of each span.
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import type { TracingSpan } from "@azure/core-tracing";
import type { LoggingOptions } from "./logPolicy.js";
import { redactUrl, urlRedactionOf } from "./redactUrl.js";
import { inSpan, tracing } from "./tracing.js";

/** Creates one client span per attempt, with the attributes that core gives it, and sends its `traceparent`. */
export function tracingPolicy(options: LoggingOptions): PipelinePolicy {
  const redaction = urlRedactionOf(options);
  const sendRequest: PipelinePolicy["sendRequest"] = (request, next) => {
    // Without options, the span of the method isn't recorded, and this one would have no parent.
    if (!request.tracingOptions) return next(request);
    return inSpan(
      `HTTP ${request.method}`,
      { tracingOptions: request.tracingOptions },
      async ({ tracingOptions: { tracingContext } }, span) => {
        if (!span || !tracingContext) return next(request);
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
          const response = await next(request);
          setAttributes(span, {
            "http.status_code": response.status,
            serviceRequestId: response.headers.get("x-ms-request-id"),
          });
          if (response.status >= 400) span.setStatus({ status: "error" });
          return response;
        } catch (error) {
          const { statusCode } = (error ?? {}) as { statusCode?: number };
          setAttributes(span, { "http.status_code": statusCode });
          throw error;
        }
      },
      { spanKind: "client" },
    );
  };
  return { name: "tracingPolicy", sendRequest };
}

function setAttributes(span: TracingSpan, attributes: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) span.setAttribute(name, value);
  }
}
