import { type LoggedRequest, refusalReason, withoutContent } from "../../testing/log/requestLog.js";
import type { EmulatorOptions, LogEntry } from "./options.js";

/** Writes an entry of the emulator's log. It never fails: what has taken effect mustn't fail because of its log entry. */
export type Log = (entry: LogEntry) => void;

export function createLog(onLog: EmulatorOptions["onLog"]): Log {
  const deliver = async (entry: LogEntry) => onLog?.(entry);
  return (entry) => {
    deliver(entry).catch((error: unknown) => {
      process.emitWarning(`onLog failed: ${error instanceof Error ? error.message : String(error)}`);
    });
  };
}

/** Describes a request in one line, with a link to the help page for what was refused. */
export function requestEntry(request: LoggedRequest, endpoint: string): LogEntry {
  const { method, target, status, code, diagnosis, durationInMs, topic } = request;
  const outcome = status === undefined ? "dropped" : `${status}${code ? ` ${code}` : ""}`;
  const reason = refusalReason(request);
  const help = topic && `${endpoint}help#${topic}`;
  const isFine = status !== undefined && status < 400 && !diagnosis;
  return {
    level: isFine || request.isFromDoctor ? "info" : "warn",
    message: `${method} ${target} ${outcome} ${durationInMs} ms${reason ? `: ${reason}` : ""}${help ? ` (${help})` : ""}`,
    fields: { request: withoutContent(request), help },
  };
}
