import type { FullOperationResponse, OperationOptions } from "@azure/core-client";
import type { RestError } from "@azure/core-rest-pipeline";
import { explainUnreachable } from "#platform/pipeline/unreachable";
import { type ErrorDetails, isRestError, type RestErrorInfo } from "../errors.js";
import { logger } from "../logger.js";
import { delayHeadersInMs } from "../pipeline/identityRetryPolicy.js";
import { ignoreErrors } from "../shared/ignoreErrors.js";
import { retryAfterOf } from "../shared/retryAfter.js";

/** Returns the request and response of Azure Core's that an error has. Those of other libraries have the same names. */
export function exchangeOf(error: unknown): Partial<RestError> {
  const { request, response } = (error ?? {}) as Partial<RestError>;
  return {
    ...(typeof request?.requestId === "string" && { request }),
    ...(typeof response?.request?.requestId === "string" && { response }),
  };
}

/**
 * Adds {@link RestErrorInfo} to a `RestError`, and `details` to every error with a response, as core-client does. A frozen
 * error stays as it is.
 */
export function completeError(error: unknown, requestId: string, attempts: number): void {
  const { response } = exchangeOf(error);
  if (!Object.isExtensible(error)) return;
  if (isRestError(error)) {
    const retryAfterInMs = response && retryAfterOf(response.headers, delayHeadersInMs);
    const info: RestErrorInfo = { requestId, attempts };
    if (retryAfterInMs !== undefined) info.retryAfterInMs = retryAfterInMs;
    Object.assign(error, info);
    // Node's messages for mistakes with a local server don't help, and those of fetch don't name the host.
    error.message = explainUnreachable(error)?.message ?? error.message;
  }
  if (response) (error as RestError).details ??= {};
}

/**
 * Reports a failed call. A callback that throws doesn't hide why the call failed.
 *
 * Logs one line, without text that a server may have written: the error's message, or a code that isn't one. Then calls
 * `onResponse` if the error has a response. As in core-client, `shouldDeserialize: false` omits the details.
 */
export function reportFailure(
  methodName: string,
  error: unknown,
  requestId: string,
  attempts: number,
  { onResponse, requestOptions }: OperationOptions,
): void {
  const { name, statusCode, code, details } = (error ?? {}) as Partial<RestError>;
  const { response } = exchangeOf(error);
  const what = [name, statusCode, /^[\w.-]{1,64}$/.test(code as string) && code].filter(Boolean).join(" ");
  const failure = `${methodName} failed: ${what}, attempts ${attempts}, request id ${requestId} (see TROUBLESHOOTING.md in the package acs-identity)`;
  const { emulatorDiagnosis } = (details ?? {}) as ErrorDetails;
  const line = emulatorDiagnosis ? `${failure}. Emulator: ${emulatorDiagnosis}` : failure;
  if (name === "AbortError") logger.info(line);
  else logger.warning(line);
  if (!response) return;
  const isRaw = requestOptions?.shouldDeserialize === false && isRestError(error);
  ignoreErrors(() => onResponse?.(response as FullOperationResponse, isRaw ? undefined : details, error));
}
