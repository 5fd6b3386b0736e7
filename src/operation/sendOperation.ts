import type { OperationOptions } from "@azure/core-client";
import { expectListeners, transportHeaders, transportOverrides } from "#platform/transport";
import { HeaderMap } from "../headerMap.js";
import { OperationRequest } from "../operationRequest.js";
import { abortError } from "../pipeline/cancellation.js";
import { randomUuid } from "../randomUuid.js";
import { type Answer, readAnswer } from "./answer.js";
import { resolveApiVersion } from "./apiVersion.js";
import { reportFailure } from "./failure.js";
import type { Operation, OperationArguments, OperationContext } from "./operation.js";

/** Sends a generated operation and reads its answer. */
export async function sendOperation<Result>(
  context: OperationContext,
  operation: Operation<Result>,
  args: OperationArguments,
  options: OperationOptions,
): Promise<Result> {
  const request = createRequest(context, operation, args, options);
  const { abortSignal } = options;
  if (abortSignal) {
    if (abortSignal.aborted) throw abortError(abortSignal);
    expectListeners(abortSignal);
    request.abortSignal = abortSignal;
  }
  let answer: Answer<Result>;
  try {
    const response = await context.send(request);
    const shouldDeserialize = options.requestOptions?.shouldDeserialize ?? true;
    answer = readAnswer(operation, response, shouldDeserialize, context.check);
  } catch (error) {
    throw reportFailure(abortSignal?.aborted ? abortError(abortSignal) : error, operation, request, options);
  }
  options.onResponse?.(answer.response, answer.result ?? {});
  return answer.result;
}

function createRequest(
  context: OperationContext,
  operation: Operation<unknown>,
  { path = [], body }: OperationArguments,
  { requestOptions, tracingOptions }: OperationOptions,
): OperationRequest {
  const { endpoint, requestIdHeader, allowInsecureConnection } = context;
  const apiVersion = resolveApiVersion(operation, body, context.apiVersion);
  const { customHeaders, timeout, onUploadProgress, onDownloadProgress } = requestOptions ?? {};
  const headers = new HeaderMap(transportHeaders);
  headers.set("Accept", "application/json");
  if (operation.contentType) headers.set("Content-Type", operation.contentType);
  for (const [name, value] of Object.entries(customHeaders ?? {})) headers.set(name, value);
  const requestId = headers.get(requestIdHeader) ?? randomUuid();
  headers.set(requestIdHeader, requestId);
  return new OperationRequest({
    url: `${endpoint.origin}${pathOf(operation, path)}?api-version=${encodeURIComponent(apiVersion)}`,
    method: operation.method,
    headers,
    requestId,
    allowInsecureConnection,
    timeout: timeout ?? 0,
    body: body && JSON.stringify(body),
    tracingOptions,
    onUploadProgress,
    onDownloadProgress,
    requestOverrides: transportOverrides(endpoint),
  });
}

/** Each argument is one percent-encoded segment: `8:acs:a b/c` → `8%3Aacs%3Aa%20b%2Fc`. */
function pathOf(operation: Operation<unknown>, path: readonly string[]): string {
  return operation.path.reduce((text, part, index) => `${text}${encodeSegment(path[index - 1])}${part}`);
}

function encodeSegment(value = ""): string {
  // Half of a call's own time would go into encoding a plain id of the service.
  if (/^[\w:-]+$/.test(value)) return value.replaceAll(":", "%3A");
  try {
    // A URL parser takes these for steps up the path, even percent-encoded: DELETE /identities/.. is DELETE /.
    if (!/^\.{0,2}$/.test(value)) return encodeURIComponent(value);
  } catch {
    // Half of a surrogate pair.
  }
  throw new TypeError("An id must be well-formed text, and not empty, '.' or '..'.");
}
