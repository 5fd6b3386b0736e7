import {
  createTracingClient,
  type OperationTracingOptions,
  type TracingClient,
  type TracingSpan,
} from "@azure/core-tracing";
import { packageVersion } from "./version.js";

export const tracing: TracingClient = createTracingClient({
  namespace: "Microsoft.Communication",
  packageName: "acs-identity",
  packageVersion,
});

/** What carries the span that a new one belongs under. */
interface Traceable {
  tracingOptions?: OperationTracingOptions;
}

/**
 * Runs something within a span. Core's `withSpan` costs as much again where no tracer is set.
 *
 * @param options - What it runs with; it is given them with the new span, or as they are, and no span, where no
 * tracer records it.
 * @param attempt - For the span of an HTTP request, whose success is left to `run`.
 */
export async function inSpan<Options extends Traceable, Result>(
  name: string,
  options: Options,
  run: (options: Options, span?: TracingSpan) => Promise<Result>,
  attempt?: { spanKind: "client" },
): Promise<Result> {
  const { span, updatedOptions } = tracing.startSpan(name, options, attempt);
  if (!span.isRecording()) {
    span.end();
    return await run(options);
  }
  try {
    const { tracingContext } = updatedOptions.tracingOptions;
    const result = await tracing.withContext(tracingContext, run, updatedOptions, span);
    if (!attempt) span.setStatus({ status: "success" });
    return result;
  } catch (error) {
    span.setStatus({ status: "error", error: error as Error });
    throw error;
  } finally {
    span.end();
  }
}
