import type { Instrumenter, TracingContext, TracingSpan } from "@azure/core-tracing";

export interface SeenSpan {
  readonly name: string;
  /** The name of the parent span. */
  readonly parent: string | undefined;
  /** Everything that an exporter would receive: attributes, status, events, errors. */
  readonly given: unknown[];
  ended: boolean;
}

const spanKey = Symbol("span");

/** Creates an instrumenter that calls `onStart` with each span when it starts. */
export function recordingInstrumenter(onStart: (span: SeenSpan) => void): Instrumenter {
  return {
    startSpan(name, { tracingContext, spanAttributes }) {
      const parent = tracingContext?.getValue(spanKey) as SeenSpan | undefined;
      const seen: SeenSpan = { name, parent: parent?.name, given: [spanAttributes], ended: false };
      onStart(seen);
      const take = (...values: unknown[]): void => void seen.given.push(...values);
      const span: TracingSpan = {
        isRecording: () => true,
        setStatus: (status) => take(status.status, "error" in status ? status.error : undefined),
        setAttribute: take,
        recordException: take,
        addEvent: take,
        end: () => void Object.assign(seen, { ended: true }),
      };
      return { span, tracingContext: contextOf(new Map([[spanKey, seen]])) };
    },
    withContext: (_context, callback, ...args) => callback(...args),
    parseTraceparentHeader: () => undefined,
    createRequestHeaders: (context): Record<string, string> =>
      context?.getValue(spanKey)
        ? { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }
        : {},
  };
}

function contextOf(values: ReadonlyMap<symbol, unknown>): TracingContext {
  return {
    getValue: (key) => values.get(key),
    setValue: (key, value) => contextOf(new Map(values).set(key, value)),
    deleteValue: (key) => contextOf(new Map([...values].filter(([name]) => name !== key))),
  };
}
