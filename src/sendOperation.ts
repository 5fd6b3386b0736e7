import type { OperationOptions } from "@azure/core-client";
import type { HttpMethods, SendRequest } from "@azure/core-rest-pipeline";
import { expectListeners, transportHeaders, transportOverrides } from "#platform";
import { type Answer, readAnswer } from "./answer.js";
import { resolveApiVersion } from "./apiVersion.js";
import { abortError } from "./cancellation.js";
import { reportFailure } from "./failure.js";
import { HeaderMap } from "./headerMap.js";
import { OperationRequest } from "./operationRequest.js";
import { randomUuid } from "./randomUuid.js";

/** What the operations of one client share. */
export interface OperationContext {
  readonly endpoint: URL;
  readonly apiVersion: string;
  readonly allowInsecureConnection: boolean;
  /** The name of the header that carries the id of a request, the same on each attempt. */
  readonly requestIdHeader: string;
  /** The pipeline and the transport behind it. */
  readonly send: SendRequest;
}

/** Versions are dates and compare as texts. */
export interface VersionRange {
  readonly since: string;
  /** The first version that no longer has it. */
  readonly until?: string;
  /** The first stable version, when `since` is a preview that led to one. */
  readonly stable?: string;
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
  readonly versions?: VersionRange;
  /** Members of the body that not all of those versions have. */
  readonly bodyVersions?: Readonly<Record<string, VersionRange>>;
  /** Reads the body of a success; absent when there is none. */
  readonly deserialize?: (body: unknown) => Result;
}

export interface OperationArguments {
  readonly path?: readonly string[];
  readonly body?: object | undefined;
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
  if (abortSignal) {
    if (abortSignal.aborted) throw abortError(abortSignal);
    expectListeners(abortSignal);
    request.abortSignal = abortSignal;
  }
  let answer: Answer<Result>;
  try {
    const response = await context.send(request);
    answer = readAnswer(operation, response, options.requestOptions?.shouldDeserialize ?? true);
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
  { requestOptions = {}, tracingOptions }: OperationOptions,
): OperationRequest {
  const { endpoint, requestIdHeader, allowInsecureConnection } = context;
  const apiVersion = resolveApiVersion(operation, body, context.apiVersion);
  const { customHeaders, timeout, onUploadProgress, onDownloadProgress } = requestOptions;
  const headers = new HeaderMap(transportHeaders);
  headers.set("Accept", "application/json");
  if (operation.contentType) headers.set("Content-Type", operation.contentType);
  for (const [name, value] of Object.entries(customHeaders ?? {})) headers.set(name, value);
  const requestId = randomUuid();
  if (!headers.has(requestIdHeader)) headers.set(requestIdHeader, requestId);
  const url = `${endpoint.origin}${pathOf(operation, path)}?api-version=${encodeURIComponent(apiVersion)}`;
  const request = new OperationRequest(url, operation.method, headers, requestId, allowInsecureConnection);
  if (body) request.body = JSON.stringify(body);
  if (timeout) request.timeout = timeout;
  if (tracingOptions) request.tracingOptions = tracingOptions;
  if (onUploadProgress) request.onUploadProgress = onUploadProgress;
  if (onDownloadProgress) request.onDownloadProgress = onDownloadProgress;
  const requestOverrides = transportOverrides(endpoint);
  if (requestOverrides) request.requestOverrides = requestOverrides;
  return request;
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
