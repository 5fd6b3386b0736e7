import type { PipelineResponse } from "@azure/core-rest-pipeline";
import type { CommunicationError, ErrorDetails } from "../errors.js";
import { isLoopback } from "../pipeline/loopback.js";
import { parseJsonBody } from "./jsonBody.js";

/** Deeper than any real error, but shallow enough that printing the error can't overflow the stack. */
const maxDepth = 8;

/** Reads the error envelope of a response; `{}` if there is none. Keeps only known members of the right type. */
export function readErrorDetails(response: PipelineResponse): ErrorDetails {
  const { request, headers } = response;
  const body = parseJsonBody(response);
  const error = isObject(body) ? readError(body.error, 1) : undefined;
  const diagnosis = headers.get("x-ms-emulator-diagnosis");
  const emulatorDiagnosis =
    diagnosis &&
    isLoopback(new URL(request.url).hostname) &&
    diagnosis.replace(/[^\x20-\x7e]/g, "?").slice(0, 2000);
  return { ...(error && { error }), ...(emulatorDiagnosis && { emulatorDiagnosis }) };
}

function readError(value: unknown, depth: number): CommunicationError | undefined {
  if (!isObject(value) || depth > maxDepth) return undefined;
  const error: CommunicationError = {};
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
