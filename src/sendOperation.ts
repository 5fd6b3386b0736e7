import type { FullOperationResponse, OperationOptions } from "@azure/core-client";
import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  isRestError,
  type Pipeline,
  type PipelineRequest,
} from "@azure/core-rest-pipeline";
import { type Answer, readAnswer } from "./answer.js";
import { resolveApiVersion } from "./apiVersion.js";
import { readErrorDetails } from "./errorDetails.js";
import type { ApiVersion } from "./generated/apiVersions.js";

/** What the operations of one client share. */
export interface OperationContext {
  readonly endpoint: URL;
  readonly apiVersion: string;
  readonly allowInsecureConnection: boolean;
  readonly pipeline: Pipeline;
  readonly httpClient: HttpClient;
}

/** An operation as the generated code describes it. */
export interface Operation<Result> {
  readonly name: string;
  readonly method: HttpMethods;
  /** The literal parts of the path; one path argument stands between two parts. */
  readonly path: readonly string[];
  /** Present when the operation may carry a body; then sent without one too. */
  readonly contentType?: "application/json";
  /** The versions that have the operation; absent when all have it. */
  readonly versions?: readonly ApiVersion[];
  /** Members of the body that not all of those versions have. */
  readonly bodyVersions?: Readonly<Record<string, readonly ApiVersion[]>>;
  /** Reads the body of a success; absent when there is none. */
  readonly deserialize?: (body: unknown) => Result;
}

export interface OperationArguments {
  readonly path?: readonly string[];
  readonly body?: Record<string, unknown> | undefined;
}

/** Sends a generated operation and reads its answer. */
export async function sendOperation<Result>(
  context: OperationContext,
  operation: Operation<Result>,
  args: OperationArguments,
  options: OperationOptions,
): Promise<Result> {
  const request = createRequest(context, operation, args, options);
  let answer: Answer<Result>;
  try {
    const response = await context.pipeline.sendRequest(context.httpClient, request);
    answer = readAnswer(operation, response, options.requestOptions?.shouldDeserialize ?? true);
  } catch (error) {
    throw reportFailure(error, options);
  }
  options.onResponse?.(answer.response, answer.result ?? {});
  return answer.result;
}

function createRequest(
  context: OperationContext,
  operation: Operation<unknown>,
  { path = [], body }: OperationArguments,
  { abortSignal, requestOptions = {}, tracingOptions }: OperationOptions,
): PipelineRequest {
  const apiVersion = resolveApiVersion(operation, body, context.apiVersion);
  const headers = createHttpHeaders({ Accept: "application/json" });
  if (operation.contentType) headers.set("Content-Type", operation.contentType);
  for (const [name, value] of Object.entries(requestOptions.customHeaders ?? {})) headers.set(name, value);
  const request = createPipelineRequest({
    url: `${context.endpoint.origin}${pathOf(operation, path)}?api-version=${encodeURIComponent(apiVersion)}`,
    method: operation.method,
    headers,
    allowInsecureConnection: context.allowInsecureConnection,
    ...(body && { body: JSON.stringify(body) }),
    ...(abortSignal && { abortSignal }),
    ...(tracingOptions && { tracingOptions }),
    ...(requestOptions.timeout && { timeout: requestOptions.timeout }),
    ...(requestOptions.onUploadProgress && { onUploadProgress: requestOptions.onUploadProgress }),
    ...(requestOptions.onDownloadProgress && { onDownloadProgress: requestOptions.onDownloadProgress }),
  });
  if (context.endpoint.hostname.startsWith("[")) {
    // node:http looks an IPv6 literal up as a name when it keeps its brackets; fetch ignores the member.
    request.requestOverrides = { hostname: context.endpoint.hostname.slice(1, -1) };
  }
  return request;
}

/** Each argument is one percent-encoded segment: `8:acs:a b/c` → `8%3Aacs%3Aa%20b%2Fc`. */
function pathOf(operation: Operation<unknown>, path: readonly string[]): string {
  return operation.path.reduce((text, part, index) => `${text}${encodeSegment(path[index - 1])}${part}`);
}

function encodeSegment(value: string | undefined): string {
  // A URL parser takes these for steps up the path, even percent-encoded: DELETE /identities/.. is DELETE /.
  if (!value || value === "." || value === "..") {
    throw new TypeError("An id in a path must not be empty, '.' or '..'.");
  }
  try {
    return encodeURIComponent(value);
  } catch {
    throw new TypeError(
      "An id in a path must be well-formed Unicode; this one has half of a surrogate pair.",
    );
  }
}

/**
 * Finishes an error that has a response as core-client does, since its users rely on it: the parsed body on
 * `details`, and the one call of `onResponse`.
 */
function reportFailure(error: unknown, { requestOptions, onResponse }: OperationOptions): unknown {
  if (typeof error !== "object" || error === null || !("response" in error) || !error.response) return error;
  const response = error.response as FullOperationResponse;
  const isRaw = requestOptions?.shouldDeserialize === false && isRestError(error);
  const details = isRaw ? undefined : readErrorDetails(response);
  if (details) Object.assign(error, { details });
  onResponse?.(response, details, error);
  return error;
}
