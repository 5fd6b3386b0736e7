import type { OperationOptions, OperationRequestOptions } from "@azure/core-client";
import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineRequest,
  type PipelineRequestOptions,
} from "@azure/core-rest-pipeline";
import { argumentError } from "../arguments/argumentError.js";
import {
  notNegative,
  type OptionKind,
  type OptionKinds,
  plainObject,
  readOptions,
} from "../arguments/readOptions.js";
import type { Operation } from "./operation.js";
import type { OperationContext } from "./operationContext.js";

/** What the options of all methods have in common. */
export interface CallOptions extends OperationOptions {
  /** `headers` is what clients on `@azure-rest/core-client` have, such as the official one from 2.0.0 on. */
  requestOptions: OperationRequestOptions & { headers?: Readonly<Record<string, string>> };
}

const signal: OptionKind = ({ aborted, addEventListener, removeEventListener }: AbortSignal) =>
  [typeof aborted, typeof addEventListener, typeof removeEventListener].join() ===
    "boolean,function,function" || "an AbortSignal, such as controller.signal";

const callOptionKinds: OptionKinds<CallOptions> = {
  requestOptions: {
    customHeaders: plainObject,
    headers: plainObject,
    timeout: notNegative,
    shouldDeserialize: "anything",
    onUploadProgress: "function",
    onDownloadProgress: "function",
    allowInsecureConnection: "anything",
  },
  abortSignal: signal,
  onResponse: "function",
  tracingOptions: plainObject,
  serializerOptions: "anything",
};

export function readCallOptions(given: OperationOptions | null | undefined): CallOptions {
  return given == null ? { requestOptions: {} } : readOptions(given as CallOptions, callOptionKinds);
}

/** What the arguments of a method become: those of the path, in its order, and the body. */
export interface OperationInput<Body> {
  readonly path?: readonly string[];
  readonly body?: Body;
}

export function refuseHeader(name: string): void {
  if (/^(?:content-length|transfer-encoding)$/i.test(name.trim()))
    throw argumentError(`${name} can't be set: it belongs to the transport.`);
}

/** Creates the request of an operation. `abortSignal` and `tracingOptions` are those of its attempts. */
export function createRequest<Body>(
  { endpoint, requestIdHeader, allowInsecureConnection, apiVersion }: OperationContext,
  operation: Operation<Body, unknown>,
  input: OperationInput<Body>,
  { requestOptions }: CallOptions,
  abortSignal: AbortSignal | undefined,
  tracingOptions: CallOptions["tracingOptions"],
): PipelineRequest {
  const { customHeaders, headers: given, timeout, onUploadProgress, onDownloadProgress } = requestOptions;
  const { path = [], body } = input;
  const sentApiVersion = chooseApiVersion(operation, body, apiVersion);
  const headers = createHttpHeaders({ Accept: "application/json" });
  if (operation.contentType) headers.set("Content-Type", operation.contentType);
  for (const added of [customHeaders, given]) {
    for (const [name, value] of Object.entries(added ?? {})) {
      refuseHeader(name);
      headers.set(name, value);
    }
  }
  // Core takes undefined for an absent option, though its types don't say so.
  const request = createPipelineRequest({
    url: `${endpoint.origin}${buildPath(operation, path)}?api-version=${encodeURIComponent(sentApiVersion)}`,
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
  headers.set(requestIdHeader, request.requestId);
  // With another `Host`, a server behind the endpoint's certificate could hand the credential to another site.
  headers.delete("Host");
  // `createPipelineRequest` takes none of the following members (core 1.25.1). A request that has every member from the start is
  // copied twenty times as fast as one that gets them later.
  return Object.assign(request, { tracingOptions, agent: undefined, tlsSettings: undefined });
}

/**
 * Returns the client's version or, if that came later, the one that introduced the operation. They're dates, and compare as text.
 * @throws TypeError if that version lacks a member of the body.
 */
function chooseApiVersion<Body>(
  { since = "", bodySince }: Operation<Body, unknown>,
  body: Body | undefined,
  clientVersion: string,
): string {
  const version = clientVersion > since ? clientVersion : since;
  for (const [member, introduced] of Object.entries<string>(bodySince as Record<string, string>)) {
    if ((body as Record<string, unknown> | undefined)?.[member] !== undefined && version < introduced) {
      throw argumentError(
        `${member} needs apiVersion "${introduced}" or later; this client has "${version}".`,
      );
    }
  }
  return version;
}

/** Percent-encodes each argument as one segment: `8:acs:a b/c` → `8%3Aacs%3Aa%20b%2Fc`. */
function buildPath(operation: Operation<unknown, unknown>, path: readonly string[]): string {
  return operation.path.reduce((text, part, index) => `${text}${encodeSegment(path[index - 1])}${part}`);
}

function encodeSegment(value = ""): string {
  // URL parsers resolve `.` and `..` even if they're percent-encoded: DELETE /identities/.. becomes DELETE /.
  // Errors and their requests show ids, so an id must not be a token.
  if (!/^\.{0,2}$|\p{Surrogate}/u.test(value) && !hasToken(value)) return encodeURIComponent(value);
  throw argumentError("An id must be well-formed Unicode, and not empty, '.', '..' or a token.");
}

/** Finds the start of a JWT or JWE (`{"` in base64url) that two dots follow. */
function hasToken(value: string): boolean {
  return value
    .split(".")
    .slice(0, -2)
    .some((part) => /e[wy][\w-]{9}/.test(part));
}
