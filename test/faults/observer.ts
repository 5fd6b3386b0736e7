// What a process lets out while a row runs: logs of every level, spans, warnings, unhandled faults.
import { createRequire } from "node:module";
import {
  type Instrumenter,
  type TracingContext,
  type TracingSpan,
  useInstrumenter,
} from "@azure/core-tracing";
import * as esmLogger from "@azure/logger";
import { print } from "./canaries.js";

export interface SeenSpan {
  readonly name: string;
  readonly parent: string | undefined;
  readonly attributes: Map<string, unknown>;
  readonly errors: unknown[];
  ended: boolean;
}

export interface Seen {
  readonly logs: string[];
  readonly spans: SeenSpan[];
  /** Of Node, such as `MaxListenersExceededWarning`. */
  readonly warnings: string[];
  /** Each of these ends a process that has Node's defaults. */
  readonly unhandled: unknown[];
}

export const seen: Seen = { logs: [], spans: [], warnings: [], unhandled: [] };

const spanKey = Symbol("span");

/** Turns everything on, for both copies of the logger: the official package loads the CommonJS one. */
export function startObserving(): void {
  const commonjsLogger = createRequire(import.meta.url)("@azure/logger") as typeof esmLogger;
  for (const { AzureLogger, setLogLevel } of [esmLogger, commonjsLogger]) {
    AzureLogger.log = (...parts: unknown[]) => {
      seen.logs.push(parts.map((part) => (typeof part === "string" ? part : print(part))).join(" "));
    };
    setLogLevel("verbose");
  }
  useInstrumenter(recordingInstrumenter);
  process.on("warning", (warning) => seen.warnings.push(`${warning.name}: ${warning.message}`));
  process.on("unhandledRejection", (reason) => seen.unhandled.push(reason));
  process.on("uncaughtException", (error) => seen.unhandled.push(error));
}

export function forgetSeen(): void {
  for (const list of Object.values(seen)) list.length = 0;
}

export function printSpan({ name, attributes, errors }: SeenSpan): string {
  return `${name} ${print(attributes)} ${errors.map((error) => `${String(error)} ${print(error)}`).join(" ")}`;
}

const recordingInstrumenter: Instrumenter = {
  startSpan(name, options) {
    const span: SeenSpan = {
      name,
      parent: (options.tracingContext?.getValue(spanKey) as SeenSpan | undefined)?.name,
      attributes: new Map(Object.entries(options.spanAttributes ?? {})),
      errors: [],
      ended: false,
    };
    seen.spans.push(span);
    return { span: recordingSpan(span), tracingContext: contextWith(span, options.tracingContext) };
  },
  withContext: (_context, callback, ...args) => callback(...args),
  parseTraceparentHeader: () => undefined,
  createRequestHeaders: (context) =>
    context?.getValue(spanKey)
      ? { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }
      : {},
};

function recordingSpan(span: SeenSpan): TracingSpan {
  return {
    setAttribute: (name, value) => void span.attributes.set(name, value),
    setStatus: (status) => void ("error" in status && status.error && span.errors.push(status.error)),
    recordException: (error) => void span.errors.push(error),
    addEvent: (name, options) => void span.attributes.set(`event ${name}`, options?.attributes),
    isRecording: () => true,
    end: () => {
      span.ended = true;
    },
  };
}

function contextWith(span: SeenSpan, parent: TracingContext | undefined): TracingContext {
  const values = new Map<symbol, unknown>([[spanKey, span]]);
  const context: TracingContext = {
    getValue: (key) => (values.has(key) ? values.get(key) : parent?.getValue(key)),
    setValue(key, value) {
      values.set(key, value);
      return context;
    },
    deleteValue(key) {
      values.set(key, undefined);
      return context;
    },
  };
  return context;
}
