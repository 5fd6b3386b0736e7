import type { FullOperationResponse, OperationOptions } from "@azure/core-client";
import type { PipelineRequest, PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import { explainUnreachable } from "#platform/pipeline/unreachable";
import { type ErrorDetails, isRestError, type RestErrorInfo } from "../errors.js";
import { logger } from "../logger.js";
import { retryAfterOf } from "../pipeline/retryAfter.js";

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
    // Node's messages for mistakes with a local server don't help, and those of fetch don't name the host.
    error.message = explainUnreachable(error)?.message ?? error.message;
  }
  if (response) (error as RestError).details ??= {};
}

/** Removes the secrets of a request, which lives on in its error. Tokens are valid for minutes, keys for years. */
export function forgetSecrets(request: PipelineRequest): void {
  request.headers.delete("Authorization");
  request.headers.delete("Proxy-Authorization");
  delete request.body;
  delete request.tlsSettings;
  delete request.agent;
}

/** Logs one line, without text that a server may have written: the error's message, or a code that isn't one. */
export function logFailure(methodName: string, error: unknown, requestId: string, attempts: number): void {
  const { name, statusCode, code, details } = (error ?? {}) as Partial<RestError>;
  const what = [name, statusCode, /^[\w.-]{1,64}$/.test(code as string) && code].filter(Boolean).join(" ");
  const failure = `${methodName} failed: ${what}, attempts ${attempts}, request id ${requestId} (see TROUBLESHOOTING.md)`;
  const { emulatorDiagnosis } = (details ?? {}) as ErrorDetails;
  const line = emulatorDiagnosis ? `${failure}. Emulator: ${emulatorDiagnosis}` : failure;
  if (name === "AbortError") logger.info(line);
  else logger.warning(line);
}

/** Calls `onResponse` if an error has a response. As in core-client, `shouldDeserialize: false` omits the details. */
export function callOnResponse(error: unknown, { onResponse, requestOptions }: OperationOptions): void {
  const { response, details } = (error ?? {}) as Partial<RestError>;
  if (!response) return;
  const isRaw = requestOptions?.shouldDeserialize === false && isRestError(error);
  onResponse?.(response as FullOperationResponse, isRaw ? undefined : details, error);
}
