import type { OperationOptions } from "@azure/core-client";
import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineRequest,
  type PipelineRequestOptions,
} from "@azure/core-rest-pipeline";
import { argumentError } from "../errors.js";
import { resolveApiVersion } from "./apiVersion.js";
import { setMethodName } from "./methodName.js";
import type { Operation, OperationArguments, OperationContext } from "./operation.js";

/** Creates the request of an operation. */
export function createRequest(
  context: OperationContext,
  operation: Operation<unknown>,
  { path = [], body }: OperationArguments,
  { abortSignal, requestOptions, tracingOptions }: OperationOptions,
): PipelineRequest {
  const { endpoint, requestIdHeader, allowInsecureConnection } = context.client;
  const apiVersion = resolveApiVersion(operation, body, context);
  const { customHeaders, timeout, onUploadProgress, onDownloadProgress } = requestOptions ?? {};
  const headers = createHttpHeaders({ Accept: "application/json" });
  if (operation.contentType) headers.set("Content-Type", operation.contentType);
  for (const [name, value] of Object.entries(customHeaders ?? {})) headers.set(name, value);
  // Core takes undefined for an absent option, though its types don't say so.
  const request = createPipelineRequest({
    url: `${endpoint.origin}${pathOf(operation, path)}?api-version=${encodeURIComponent(apiVersion)}`,
    method: operation.method,
    headers,
    body: body && JSON.stringify(body),
    requestId: headers.get(requestIdHeader),
    allowInsecureConnection,
    abortSignal,
    timeout,
    onUploadProgress,
    onDownloadProgress,
  } as PipelineRequestOptions);
  // `createPipelineRequest` doesn't accept them (core 1.25.1).
  if (tracingOptions) request.tracingOptions = tracingOptions;
  setMethodName(request, context.methodName);
  return request;
}

/** Percent-encodes each argument as one segment: `8:acs:a b/c` → `8%3Aacs%3Aa%20b%2Fc`. */
function pathOf(operation: Operation<unknown>, path: readonly string[]): string {
  return operation.path.reduce((text, part, index) => `${text}${encodeSegment(path[index - 1])}${part}`);
}

function encodeSegment(value = ""): string {
  try {
    // URL parsers resolve `.` and `..` even if they're percent-encoded: DELETE /identities/.. becomes DELETE /.
    if (!/^\.{0,2}$/.test(value)) return encodeURIComponent(value);
  } catch {
    // `encodeURIComponent` throws for half of a surrogate pair.
  }
  throw argumentError("An id must be well-formed Unicode, and not empty, '.' or '..'.");
}
