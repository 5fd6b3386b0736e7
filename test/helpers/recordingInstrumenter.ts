import type {
  Instrumenter,
  InstrumenterSpanOptions,
  SpanStatus,
  TracingContext,
  TracingSpan,
} from "@azure/core-tracing";

export interface SeenSpan {
  readonly name: string;
  /** The name of the parent span. */
  readonly parent: string | undefined;
  readonly options: InstrumenterSpanOptions;
  readonly attributes: Record<string, unknown>;
  /** The number in its traceparent, from 1. */
  readonly id: number;
  status?: SpanStatus;
  /** Everything that an exporter would receive: attributes, status, events, errors. */
  readonly given: unknown[];
  ended: boolean;
}

const spanKey = Symbol("span");

/** Creates an instrumenter that calls `onStart` with each span when it starts. */
export function recordingInstrumenter(onStart: (span: SeenSpan) => void): Instrumenter {
  let count = 0;
  return {
    startSpan(name, options) {
      const context = options.tracingContext ?? createContext(new Map());
      const seen: SeenSpan = {
        name,
        parent: spanIn(context)?.name,
        options,
        attributes: { ...options.spanAttributes },
        id: ++count,
        given: [options.spanAttributes],
        ended: false,
      };
      onStart(seen);
      const take = (...values: unknown[]): void => void seen.given.push(...values);
      const span: TracingSpan = {
        isRecording: () => true,
        setStatus(status) {
          seen.status = status;
          take(status.status, "error" in status ? status.error : undefined);
        },
        setAttribute(key, value) {
          seen.attributes[key] = value;
          take(key, value);
        },
        recordException: take,
        addEvent: take,
        end: () => void Object.assign(seen, { ended: true }),
      };
      return { span, tracingContext: context.setValue(spanKey, seen) };
    },
    withContext: (_context, callback, ...args) => callback(...args),
    parseTraceparentHeader: () => undefined,
    createRequestHeaders(context): Record<string, string> {
      const span = spanIn(context);
      return span ? { traceparent: `00-${"a".repeat(32)}-${String(span.id).padStart(16, "0")}-01` } : {};
    },
  };
}

function spanIn(context: TracingContext | undefined): SeenSpan | undefined {
  return context?.getValue(spanKey) as SeenSpan | undefined;
}

function createContext(values: ReadonlyMap<symbol, unknown>): TracingContext {
  return {
    getValue: (key) => values.get(key),
    setValue: (key, value) => createContext(new Map(values).set(key, value)),
    deleteValue: (key) => createContext(new Map([...values].filter(([name]) => name !== key))),
  };
}
