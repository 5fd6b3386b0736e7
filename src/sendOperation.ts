import type { OperationOptions } from "@azure/core-client";
import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  type Pipeline,
  type PipelineRequest,
} from "@azure/core-rest-pipeline";
import { transportHeaders, transportOverrides } from "#platform";
import { type Answer, readAnswer } from "./answer.js";
import { resolveApiVersion } from "./apiVersion.js";
import { abortError, followSignal } from "./cancellation.js";
import { reportFailure } from "./failure.js";
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
  const { abortSignal } = options;
  if (abortSignal?.aborted) throw abortError(abortSignal);
  const call = abortSignal && followSignal(abortSignal);
  if (call) request.abortSignal = call.signal;
  let answer: Answer<Result>;
  try {
    const response = await context.pipeline.sendRequest(context.httpClient, request);
    answer = readAnswer(operation, response, options.requestOptions?.shouldDeserialize ?? true);
  } catch (error) {
    throw reportFailure(abortSignal?.aborted ? abortError(abortSignal) : error, operation, request, options);
  } finally {
    call?.release();
  }
  options.onResponse?.(answer.response, answer.result ?? {});
  return answer.result;
}

function createRequest(
  context: OperationContext,
  operation: Operation<unknown>,
  { path = [], body }: OperationArguments,
  { requestOptions = {}, tracingOptions }: OperationOptions,
): PipelineRequest {
  const apiVersion = resolveApiVersion(operation, body, context.apiVersion);
  const headers = createHttpHeaders({ Accept: "application/json", ...transportHeaders });
  if (operation.contentType) headers.set("Content-Type", operation.contentType);
  for (const [name, value] of Object.entries(requestOptions.customHeaders ?? {})) headers.set(name, value);
  const requestOverrides = transportOverrides(context.endpoint);
  return createPipelineRequest({
    url: `${context.endpoint.origin}${pathOf(operation, path)}?api-version=${encodeURIComponent(apiVersion)}`,
    method: operation.method,
    headers,
    allowInsecureConnection: context.allowInsecureConnection,
    ...(body && { body: JSON.stringify(body) }),
    ...(tracingOptions && { tracingOptions }),
    ...(requestOverrides && { requestOverrides }),
    ...(requestOptions.timeout && { timeout: requestOptions.timeout }),
    ...(requestOptions.onUploadProgress && { onUploadProgress: requestOptions.onUploadProgress }),
    ...(requestOptions.onDownloadProgress && { onDownloadProgress: requestOptions.onDownloadProgress }),
  });
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
