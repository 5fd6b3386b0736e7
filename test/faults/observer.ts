// What a process lets out while a row runs: logs of every level, spans, warnings, unhandled faults.
import { createHook } from "node:async_hooks";
import { createRequire } from "node:module";
import { useInstrumenter } from "@azure/core-tracing";
import * as esmLogger from "@azure/logger";
import { recordingInstrumenter, type SeenSpan } from "../helpers/recordingInstrumenter.js";
import { exportOf } from "../trust/secrets/prints.js";

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
