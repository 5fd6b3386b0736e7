import { argumentError } from "../arguments/argumentError.js";
import type { OperationContext } from "../operation/operationContext.js";
import { refuseHeader } from "../operation/request.js";
import { isLoopback } from "../shared/loopback.js";
import type { ClientArguments } from "./clientArguments.js";
import { warnOfKeyInPage } from "./keyInPage.js";
import { createPipeline } from "./pipeline.js";
import { sharedHttpClient } from "./sharedHttpClient.js";

/** The newest version that the live service accepts in recorded traffic. */
const defaultApiVersion = "2023-10-01";

const contextKey = Symbol("context");

/** Makes what the operations of a client share from the arguments of its constructor, and attaches it to the client. */
export function attachContext(client: object, given: ClientArguments): void {
  const { endpoint, options } = given;
  warnOfKeyInPage(given);
  const requestIdHeader = options.telemetryOptions?.clientRequestIdHeaderName ?? "x-ms-client-request-id";
  refuseHeader(requestIdHeader);
  const context: OperationContext = {
    endpoint,
    apiVersion: options.apiVersion || defaultApiVersion,
    allowInsecureConnection: options.allowInsecureConnection === true || isLoopback(endpoint.hostname),
    requestIdHeader,
    pipeline: createPipeline(given),
    httpClient: options.httpClient ?? sharedHttpClient(),
  };
  // A proxy such as Vue's `reactive` couldn't reach a `#private` member. This one isn't enumerable, so that a client can
  // be cloned and printed.
  Object.defineProperty(client, contextKey, { value: context });
}

/** Returns what {@link attachContext} has attached to a client. */
export function contextOf(client: object | undefined): OperationContext {
  const context = (client as { [contextKey]?: OperationContext } | undefined)?.[contextKey];
  if (context) return context;
  throw argumentError("A method was called without its client. Bind it.");
}
