import type { OperationOptions } from "@azure/core-client";
import { createTracingClient, type TracingClient } from "@azure/core-tracing";
import { packageVersion } from "./version.js";

export const tracing: TracingClient = createTracingClient({
  namespace: "Microsoft.Communication",
  packageName: "acs-identity",
  packageVersion,
});

/** One span for a method of the client. Core's `withSpan` costs as much again where no tracer is set. */
export async function traceMethod<Result>(
  name: string,
  options: OperationOptions,
  call: (traced: OperationOptions) => Promise<Result>,
): Promise<Result> {
  const { span, updatedOptions } = tracing.startSpan(name, options);
  if (!span.isRecording()) {
    span.end();
    return call(options);
  }
  try {
    const result = await tracing.withContext(
      updatedOptions.tracingOptions.tracingContext,
      call,
      updatedOptions,
    );
    span.setStatus({ status: "success" });
    return result;
  } catch (error) {
    span.setStatus({ status: "error", error: error as Error });
    throw error;
  } finally {
    span.end();
  }
}
