// Hears all that the library says beside its results: logs at every level, spans, warnings, the console.
import {
  type Instrumenter,
  type TracingContext,
  type TracingSpan,
  useInstrumenter,
} from "@azure/core-tracing";
import { AzureLogger, type Debugger, setLogLevel } from "@azure/logger";
import { afterAll, beforeAll } from "vitest";
import { exportOf } from "./prints.js";

export interface Witness {
  /** For `loggingOptions.logger`. */
  readonly ownLogger: Debugger;
  /** What was heard since the last time. */
  take(): string[];
  /** How much was heard, so that silence is not taken for safety. */
  readonly counts: { lines: number; spans: number };
}

/** Listens from before the first test of a file until after the last. */
export function listenToEverything(): Witness {
  const heard: string[] = [];
  const counts = { lines: 0, spans: 0 };
  const hear = (...values: readonly unknown[]) => {
    counts.lines++;
    for (const value of values) heard.push(typeof value === "string" ? value : exportOf(value));
  };
  const restore: (() => void)[] = [];

  beforeAll(() => {
    const { log } = AzureLogger;
    AzureLogger.log = hear;
    setLogLevel("verbose");
    useInstrumenter(instrumenterThat(hear, () => counts.spans++));
    process.on("warning", hear);
    restore.push(
      () => {
        AzureLogger.log = log;
        setLogLevel(undefined);
        process.off("warning", hear);
      },
      ...(["log", "info", "warn", "error", "debug"] as const).map((name) =>
        replaceMethod(console, name, hear),
      ),
      replaceMethod(process.stderr, "write", (text: unknown) => hear(String(text))),
    );
  });
  afterAll(() => {
    for (const undo of restore) undo();
  });

  return {
    ownLogger: loggerThat(hear),
    take: () => heard.splice(0),
    counts,
  };
}

function replaceMethod(
  target: object,
  name: string,
  replacement: (...values: unknown[]) => void,
): () => void {
  const original: unknown = Reflect.get(target, name);
  Reflect.set(target, name, (...values: unknown[]) => {
    replacement(...values);
    return true;
  });
  return () => void Reflect.set(target, name, original);
}

function loggerThat(hear: (...values: unknown[]) => void): Debugger {
  return Object.assign((...values: unknown[]) => hear(...values), {
    enabled: true,
    namespace: "own",
    destroy: () => true,
    log: hear,
    extend: () => loggerThat(hear),
  });
}

/** Prints what a span was given when it ends, as an exporter does. */
function instrumenterThat(hear: (...values: unknown[]) => void, count: () => void): Instrumenter {
  const startSpan: Instrumenter["startSpan"] = (name, options) => {
    count();
    const given: unknown[] = [name, options?.spanAttributes];
    const take = (...values: unknown[]) => void given.push(...values);
    const span: TracingSpan = {
      isRecording: () => true,
      setStatus: (status) => take(status.status, "error" in status ? status.error : undefined),
      setAttribute: take,
      recordException: take,
      addEvent: take,
      end: () => hear(...given),
    };
    return { span, tracingContext: options?.tracingContext ?? emptyContext() };
  };
  return {
    startSpan,
    withContext: (_context, callback, ...args) => callback(...args),
    parseTraceparentHeader: () => undefined,
    createRequestHeaders: () => ({ traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }),
  };
}

function emptyContext(values: ReadonlyMap<symbol, unknown> = new Map()): TracingContext {
  return {
    getValue: (key) => values.get(key),
    setValue: (key, value) => emptyContext(new Map(values).set(key, value)),
    deleteValue: (key) => emptyContext(new Map([...values].filter(([name]) => name !== key))),
  };
}
