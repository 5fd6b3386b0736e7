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

/** Options that may carry the parent of a new span. */
interface Traceable {
  tracingOptions?: OperationTracingOptions;
}

/**
 * Calls `run` within a span. Core's `withSpan` costs twice as much if no tracer is set.
 *
 * @param options - The options for `run`, which receives them with the new span in them. If no tracer records the span,
 * `run` receives them unchanged, and no span.
 * @param attempt - The kind of an HTTP request's span, whose success is left to `run`.
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
