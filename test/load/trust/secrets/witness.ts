// Records all that the library outputs besides its results: logs at every level, spans, warnings, the console.
import { useInstrumenter } from "@azure/core-tracing";
import { AzureLogger, type Debugger, setLogLevel } from "@azure/logger";
import { afterAll, beforeAll } from "vitest";
import { recordingInstrumenter, type SeenSpan } from "../../../helpers/recordingInstrumenter.js";
import { exportOf } from "./prints.js";

export interface Witness {
  /** For `loggingOptions.logger`. */
  readonly ownLogger: Debugger;
  /** Returns what was recorded since the last call. */
  take(): string[];
  /** How much was recorded, so that a test can check that it recorded anything at all. */
  readonly counts: { lines: number; spans: number };
}

/** Records from before the first test of a file until after the last. */
export function listenToEverything(): Witness {
  const heard: string[] = [];
  const spans: SeenSpan[] = [];
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
    useInstrumenter(
      recordingInstrumenter((span) => {
        counts.spans++;
        spans.push(span);
      }),
    );
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
    take() {
      for (const { name, given } of spans.splice(0)) heard.push(...[name, ...given].map(exportOf));
      return heard.splice(0);
    },
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
