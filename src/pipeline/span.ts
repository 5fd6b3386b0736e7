import type { RestError } from "@azure/core-rest-pipeline";
import {
  createTracingClient,
  type OperationTracingOptions,
  type TracingClient,
  type TracingSpan,
  type TracingSpanOptions,
} from "@azure/core-tracing";
import { packageVersion } from "../shared/version.js";

export const tracing: TracingClient = createTracingClient({
  namespace: "Microsoft.Communication",
  packageName: "acs-identity",
  packageVersion,
});

/** Runs a function in a span. Core's `withSpan` would give the span errors with their request: a signature, a body and the ids in a URL. */
export async function inSpan<Result>(
  spanName: string,
  options: { readonly tracingOptions?: OperationTracingOptions },
  spanOptions: TracingSpanOptions,
  run: (span: TracingSpan, childTracing: OperationTracingOptions) => Promise<Result>,
): Promise<Result> {
  const { span, updatedOptions } = tracing.startSpan(spanName, options, spanOptions);
  const { tracingOptions } = updatedOptions;
  try {
    return await tracing.withContext(tracingOptions.tracingContext, run, span, tracingOptions);
  } catch (error) {
    if (span.isRecording()) span.setStatus({ status: "error", error: withoutRequest(error) });
    throw error;
  } finally {
    span.end();
  }
}

function withoutRequest(error: unknown): Error {
  const { name, message = String(error), stack, code } = Object(error) as Partial<RestError>;
  return Object.assign(new Error(message), { name, stack, code });
}
