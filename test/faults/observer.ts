// What a process lets out while a row runs: logs of every level, spans, warnings, unhandled faults.
import { createHook } from "node:async_hooks";
import { createRequire } from "node:module";
import {
  type Instrumenter,
  type TracingContext,
  type TracingSpan,
  useInstrumenter,
} from "@azure/core-tracing";
import * as esmLogger from "@azure/logger";
import { exportOf } from "../trust/secrets/prints.js";

interface SeenSpan {
  readonly name: string;
  readonly parent: string | undefined;
  /** Attributes, events, errors: whatever an exporter would get. */
  readonly given: unknown[];
  ended: boolean;
}

export const seen = {
  logs: [] as string[],
  spans: [] as SeenSpan[],
  /** Of Node, such as `MaxListenersExceededWarning`. */
  warnings: [] as string[],
  /** Each of these ends a process that has Node's defaults. */
  unhandled: [] as unknown[],
};

/** Timers that were started and have not ended, by their async ids. */
const timers = new Map<number, NodeJS.Timeout>();

/** How many timers of the row keep the process alive. */
export function timersLeft(): number {
  return [...timers.values()].filter((timer) => timer.hasRef()).length;
}

/** Turns everything on, for both copies of the logger: the official package loads the CommonJS one. */
export function startObserving(): void {
  const commonjsLogger = createRequire(import.meta.url)("@azure/logger") as typeof esmLogger;
  for (const { AzureLogger, setLogLevel } of [esmLogger, commonjsLogger]) {
    AzureLogger.log = (...parts) => {
      seen.logs.push(parts.map((part) => (typeof part === "string" ? part : exportOf(part))).join(" "));
    };
    setLogLevel("verbose");
  }
  useInstrumenter(recordingInstrumenter);
  createHook({
    init: (id, type, _trigger, resource) =>
      void (type === "Timeout" && timers.set(id, resource as NodeJS.Timeout)),
    destroy: (id) => void timers.delete(id),
  }).enable();
  process.on("warning", ({ name, message }) => seen.warnings.push(`${name}: ${message}`));
  process.on("unhandledRejection", (reason) => seen.unhandled.push(reason));
  process.on("uncaughtException", (error) => seen.unhandled.push(error));
}

export function forgetSeen(): void {
  for (const list of Object.values(seen)) list.length = 0;
  timers.clear();
}

const spanKey = Symbol("span");

const recordingInstrumenter: Instrumenter = {
  startSpan(name, { tracingContext, spanAttributes }) {
    const parent = tracingContext?.getValue(spanKey) as SeenSpan | undefined;
    const seenSpan: SeenSpan = { name, parent: parent?.name, given: [spanAttributes], ended: false };
    seen.spans.push(seenSpan);
    const take = (...values: unknown[]): void => void seenSpan.given.push(...values);
    const end = (): void => {
      seenSpan.ended = true;
    };
    const isRecording = (): boolean => true;
    const takeAll = { setStatus: take, setAttribute: take, recordException: take, addEvent: take };
    const span: TracingSpan = { ...takeAll, isRecording, end };
    return { span, tracingContext: contextOf(new Map([[spanKey, seenSpan]])) };
  },
  withContext: (_context, callback, ...args) => callback(...args),
  parseTraceparentHeader: () => undefined,
  createRequestHeaders: (context): Record<string, string> =>
    context?.getValue(spanKey)
      ? { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }
      : {},
};

function contextOf(values: ReadonlyMap<symbol, unknown>): TracingContext {
  return {
    getValue: (key) => values.get(key),
    setValue: (key, value) => contextOf(new Map(values).set(key, value)),
    deleteValue: (key) => contextOf(new Map([...values].filter(([name]) => name !== key))),
  };
}
