import type { FullOperationResponse, OperationOptions } from "@azure/core-client";
import type { PipelineRequest, PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import { localMistake } from "#platform/localMistake";
import { isRestError, type RestErrorInfo } from "../errors.js";
import { logger } from "../logger.js";
import { retryAfterOf } from "../pipeline/retryAfter.js";
import type { ErrorDetails } from "./errorDetails.js";

/** Adds {@link RestErrorInfo} to a `RestError`, and `details` to every error with a response, as core-client does. */
export function completeError(error: unknown, requestId: string, attempts: number): void {
  const { response } = (error ?? {}) as { response?: PipelineResponse };
  if (isRestError(error)) {
    const retryAfterInMs = response && retryAfterOf(response.headers);
    const info: RestErrorInfo = {
      requestId,
      attempts,
      ...(retryAfterInMs !== undefined && { retryAfterInMs }),
    };
    Object.assign(error, info);
    // Node's own words for these are a riddle, and the second spans lines.
    error.message = localMistake(error) ?? error.message;
  }
  if (response) (error as RestError).details ??= {};
}

/** A request lives on in its error, and these hold what is good for minutes or for years. */
export function forgetSecrets(request: PipelineRequest): void {
  request.headers.delete("Authorization");
  delete request.body;
  delete request.tlsSettings;
  delete request.agent;
}

/** Logs one line, without the message of the error or a code that isn't one: a server's words don't belong into a log. */
export function logFailure(method: string, error: unknown, requestId: string, attempts: number): void {
  const { name, statusCode, code, details } = (error ?? {}) as Partial<RestError>;
  const what = [name, statusCode, /^[\w.-]{1,64}$/.test(code as string) && code].filter(Boolean).join(" ");
  const failure = `${method} failed: ${what}, attempts ${attempts}, request id ${requestId} (see TROUBLESHOOTING.md)`;
  const { emulatorDiagnosis } = (details ?? {}) as ErrorDetails;
  const line = emulatorDiagnosis ? `${failure}. The emulator: ${emulatorDiagnosis}` : failure;
  if (name === "AbortError") logger.info(line);
  else logger.warning(line);
}

/** Calls `onResponse` for an error with a response. As in core-client, it gets no flat response when none was asked for. */
export function callOnResponse(error: unknown, { onResponse, requestOptions }: OperationOptions): void {
  const { response, details } = (error ?? {}) as Partial<RestError>;
  if (!response) return;
  const isRaw = requestOptions?.shouldDeserialize === false && isRestError(error);
  onResponse?.(response as FullOperationResponse, isRaw ? undefined : details, error);
}
