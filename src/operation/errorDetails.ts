import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { parseJsonBody } from "./jsonBody.js";

/** An error of the service as it stands in `RestError.details.error`. */
export interface ServiceError {
  /** For programs, such as `IdentityNotOwned`. */
  code?: string;
  /** For people. */
  message?: string;
  /** The part of the request that is at fault. */
  target?: string;
  /** Further errors that led to this one. */
  details?: ServiceError[];
  /** The cause; `innererror` on the wire. */
  innerError?: ServiceError;
}

/** Deeper than any real error, and shallow enough that no printer of errors overflows its stack. */
const deepest = 8;

/** The error envelope in a response; `{}` when there is none. Takes known members of the right type, and no others. */
export function readErrorDetails(response: PipelineResponse): { error?: ServiceError } {
  const body = parseJsonBody(response);
  const error = isObject(body) ? readError(body.error, 1) : undefined;
  return error ? { error } : {};
}

function readError(value: unknown, depth: number): ServiceError | undefined {
  if (!isObject(value) || depth > deepest) return undefined;
  const error: ServiceError = {};
  for (const name of ["code", "message", "target"] as const) {
    const text = value[name];
    if (typeof text === "string") error[name] = text;
  }
  if (Array.isArray(value.details)) {
    error.details = value.details.flatMap((item) => readError(item, depth + 1) ?? []);
  }
  const innerError = readError(value.innererror, depth + 1);
  if (innerError) error.innerError = innerError;
  return error;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
