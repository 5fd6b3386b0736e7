import { type DiagLogger, DiagLogLevel, diag } from "@opentelemetry/api";
import { atIntervals } from "./atIntervals.js";

const interval = 60_000;
/** Characters of a message, which may quote a server's whole response. */
const longestMessage = 2_000;

/**
 * Writes what OpenTelemetry warns of to the log, at most once a minute for each level, since an exporter that fails says so at each
 * attempt. The lines are like the service's. They aren't written with pino, because whoever loads pino before its instrumentation
 * gets lines without the ids of the trace.
 */
export function logExportFailures(write: (line: string) => unknown): void {
  const timesToLog = atIntervals(interval);
  const logAs =
    (level: number) =>
    (...details: unknown[]): void => {
      const times = timesToLog(String(level));
      if (times === undefined) return;
      const message = details.map(String).join(" ").slice(0, longestMessage);
      const time = new Date().toISOString();
      const cause = { name: "OpenTelemetry", message };
      const line = { level, time, pid: process.pid, times, cause, msg: "OpenTelemetry failed" };
      write(`${JSON.stringify(line)}\n`);
    };
  const ignore = () => {};
  const logger: DiagLogger = {
    error: logAs(50),
    warn: logAs(40),
    info: ignore,
    debug: ignore,
    verbose: ignore,
  };
  diag.setLogger(logger, DiagLogLevel.WARN);
}
