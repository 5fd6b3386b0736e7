import type { FullOperationResponse, OperationOptions } from "@azure/core-client";
import type { PipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { type ErrorDetails, isRestError, type RestErrorInfo } from "../errors.js";
import { logger } from "../logger.js";
import { isOwnError } from "../pipeline/cancellation.js";
import { removeCredentials } from "../pipeline/redact.js";
import { explainUnreachable } from "../pipeline/unreachable.js";
import { ignoreErrors } from "../shared/ignoreErrors.js";
import { requestedDelayInMs } from "../shared/retryAfter.js";

/**
 * Completes and reports the error of a failed call. Adds {@link RestErrorInfo} to a `RestError`, the request id and the
 * attempts to our own other errors, and `details` to every error with a response, as core-client does. A frozen error stays
 * as it is, and so does that of a credential, which several calls may share. Logs one line, without text that a server may have
 * written: the error's message, or a code that isn't one. Then calls `onResponse` if the error has a response. As in
 * core-client, `shouldDeserialize: false` omits the details. A callback that throws doesn't hide why the call failed.
 *
 * @param sent - What the transport was given, a request for each attempt.
 */
export function reportFailure(
  methodName: string,
  error: unknown,
  request: PipelineRequest,
  sent: readonly PipelineRequest[],
  { onResponse, requestOptions }: OperationOptions,
): void {
  const { request: failed, response, name, statusCode, code } = (error ?? {}) as Partial<RestError>;
  // Errors of other libraries have members of the same names.
  const failedRequests = typeof failed?.requestId === "string" ? [failed] : [];
  const received = typeof response?.request?.requestId === "string" ? response : undefined;
  const info: RestErrorInfo = { requestId: request.requestId, attempts: sent.length };
  if (Object.isExtensible(error)) complete(error as RestError, received, info);
  if (isOwnError(error)) {
    Object.assign(error as Error, info);
    // Without a connection to the proxy, the transport sent nothing.
    const reached = code === "PROXY_TIMEOUT" ? sent.length - 1 : sent.length;
    if (reached && methodName.startsWith("createUser"))
      (error as Error).message += " It may have created a user.";
  }
  removeCredentials([request, ...failedRequests, ...sent], received);
  const what = [name, statusCode, /^[\w.-]{1,64}$/.test(code as string) && code].filter(Boolean).join(" ");
  const line = `${methodName} failed: ${what}, attempts ${info.attempts}, request id ${info.requestId} (see TROUBLESHOOTING.md in the package acs-identity)`;
  if (name === "AbortError") logger.info(line);
  else logger.warning(line);
  if (!received) return;
  const { details } = error as { details?: ErrorDetails };
  const isRaw = requestOptions?.shouldDeserialize === false && isRestError(error);
  ignoreErrors(() => onResponse?.(received as FullOperationResponse, isRaw ? undefined : details, error));
}

function complete(error: RestError, response: RestError["response"], info: RestErrorInfo): void {
  if (isRestError(error)) {
    const retryAfterInMs = response && requestedDelayInMs(response.headers);
    Object.assign(error, info, retryAfterInMs !== undefined && { retryAfterInMs });
    // Node's messages for mistakes with a local server don't help, and those of fetch don't name the host.
    error.message = explainUnreachable(error)?.message ?? error.message;
  }
  if (response) error.details ??= {};
}
