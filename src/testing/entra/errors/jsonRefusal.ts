import type { Fake } from "../../service/fake.js";
import type { Call } from "../../wire/call.js";
import { HttpError } from "../../wire/httpError.js";
import { uncachedJson } from "../../wire/uncachedJson.js";
import type { WireResponse } from "../../wire/wire.js";
import { EntraError } from "./entraError.js";

/** Turns whatever a row has thrown into an error of Entra ID. */
export function toEntraError(error: unknown): EntraError {
  if (error instanceof EntraError) return error;
  if (!(error instanceof HttpError)) {
    const reason = error instanceof Error ? error.message : "unknown";
    return new EntraError("server_error", `AADSTS90033: Bug in the fake authority: ${reason}`, 500);
  }
  const { status, code, message } = error;
  if (status !== 405) return new EntraError(code, message, status);
  return new EntraError("invalid_request", `AADSTS900561: ${message}`, status);
}

/** Refuses a call as Entra ID does, with a description that repeats the ids and the time. */
export function jsonRefusal({ clock }: Fake, error: EntraError, { request }: Call): WireResponse {
  const { code, message, status } = error;
  if (error.aadstsNumber === 0) {
    return uncachedJson(status, { error: code, error_description: message });
  }
  const correlationId = request.headers.get("client-request-id") ?? crypto.randomUUID();
  const traceId = crypto.randomUUID();
  const timestamp = `${new Date(clock.wallTime).toISOString().slice(0, 19).replace("T", " ")}Z`;
  return uncachedJson(status, {
    error: code,
    error_description: `${message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [error.aadstsNumber],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    ...(error.suberror !== undefined && { suberror: error.suberror }),
  });
}
