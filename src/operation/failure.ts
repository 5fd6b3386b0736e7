import type { FullOperationResponse, OperationOptions } from "@azure/core-client";
import {
  isRestError as isCoreRestError,
  type PipelineResponse,
  type RestError,
} from "@azure/core-rest-pipeline";
import { forgetTransport } from "#platform/transport";
import { logger } from "../logger.js";
import type { OperationRequest } from "../operationRequest.js";
import { retryAfterOf } from "../pipeline/retryAfter.js";
import { readErrorDetails } from "./errorDetails.js";
import type { Operation } from "./operation.js";

/** What this library adds to a `RestError`. */
export interface FailureInfo {
  /** The id that the request was sent with, on each attempt. Support asks for it and for the `MS-CV` header. */
  requestId: string;
  /** How often the request was sent. */
  attempts: number;
  /** The delay in milliseconds that the service asked for before another attempt, if it did. */
  retryAfterInMs?: number;
}

/** Whether an error is a `RestError`, of this library or of another one on Azure Core. */
export const isRestError: (error: unknown) => error is RestError & Partial<FailureInfo> = isCoreRestError;

/**
 * Finishes the error of an operation: adds {@link FailureInfo}, takes the secrets off the request, logs one line, and does
 * what users of core-client rely on, the parsed body on `details` and the one call of `onResponse`.
 */
export function reportFailure(
  error: unknown,
  operation: Operation<unknown>,
  request: OperationRequest,
  options: OperationOptions,
): unknown {
  const { response } = (error ?? {}) as { response?: PipelineResponse };
  // The request lives on in the error, and these hold what is good for minutes or hours: a signature, tokens.
  request.headers.delete("Authorization");
  delete request.body;
  forgetTransport(request);
  if (isRestError(error)) {
    const retryAfterInMs = response && retryAfterOf(response.headers);
    const info: FailureInfo = {
      requestId: request.requestId,
      attempts: request.attempts,
      ...(retryAfterInMs !== undefined && { retryAfterInMs }),
    };
    Object.assign(error, info);
  }
  logFailure(error, operation, request);
  if (!response) return error;
  const isRaw = options.requestOptions?.shouldDeserialize === false && isRestError(error);
  const details = isRaw ? undefined : readErrorDetails(response);
  if (details) (error as RestError).details ??= details;
  options.onResponse?.(response as FullOperationResponse, details, error);
  return error;
}

/** No message of an error, and no code that is none: a server's words are not ours to put into a log. */
function logFailure(error: unknown, operation: Operation<unknown>, request: OperationRequest): void {
  const { name, statusCode, code } = (error ?? {}) as Partial<RestError>;
  const what = [name, statusCode, /^[\w.-]{1,64}$/.test(code as string) && code].filter(Boolean).join(" ");
  const line = `${operation.name} failed: ${what}, attempts ${request.attempts}, request id ${request.requestId} (see TROUBLESHOOTING.md)`;
  if (name === "AbortError") logger.info(line);
  else logger.warning(line);
}
