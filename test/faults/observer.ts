// Records what the process emits while a row runs: logs of every level, spans, warnings and unhandled errors.
import { createHook } from "node:async_hooks";
import { createRequire } from "node:module";
import { useInstrumenter } from "@azure/core-tracing";
import * as esmLogger from "@azure/logger";
import { recordingInstrumenter, type SeenSpan } from "../helpers/recordingInstrumenter.js";
import { exportOf } from "../load/trust/secrets/prints.js";

export const seen = {
  logs: [] as string[],
  spans: [] as SeenSpan[],
  /** Node's warnings, such as `MaxListenersExceededWarning`. */
  warnings: [] as string[],
  /** Unhandled rejections and uncaught exceptions, which end a process by default. */
  unhandled: [] as unknown[],
};

/** The pending timers, by async id. */
const timers = new Map<number, NodeJS.Timeout>();

/** Returns how many timers of the row still keep the process alive. */
export function timersLeft(): number {
  return [...timers.values()].filter((timer) => timer.hasRef()).length;
}

/** Starts recording, for both copies of the logger, because the official package loads the CommonJS one. */
export function startObserving(): void {
  const commonjsLogger = createRequire(import.meta.url)("@azure/logger") as typeof esmLogger;
  for (const { AzureLogger, setLogLevel } of [esmLogger, commonjsLogger]) {
    AzureLogger.log = (...parts) => {
      seen.logs.push(parts.map((part) => (typeof part === "string" ? part : exportOf(part))).join(" "));
    };
    setLogLevel("verbose");
  }
  useInstrumenter(recordingInstrumenter((span) => seen.spans.push(span)));
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
