import { isKeyCredential } from "@azure/core-auth";
import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import type { OperationContext } from "../operation/operationContext.js";
import { refuseHeader } from "../operation/request.js";
import { isLoopback } from "../shared/loopback.js";
import type { ClientArguments } from "./clientArguments.js";
import { createPipeline } from "./pipeline.js";

/** The newest version that the live service accepts in recorded traffic. */
const defaultApiVersion = "2023-10-01";

const contextKey = Symbol("context");

let hasWarned = false;

/** The default transport, created for the first client. All clients share its connections, so a client per request is cheap. */
let sharedHttpClient: HttpClient | undefined;

/** Makes what the operations of a client share from the arguments of its constructor, and attaches it to the client. */
export function attachContext(client: object, given: ClientArguments): void {
  const { endpoint, credential, options } = given;
  // A loopback host is the emulator, whose key isn't secret. Whoever makes this mistake has no logger turned on.
  const isReadable =
    "document" in globalThis && isKeyCredential(credential) && !isLoopback(endpoint.hostname);
  if (isReadable && !hasWarned) {
    hasWarned = true;
    console.warn("Visitors of this page can read its access key. Get tokens from your own server instead.");
  }
  const requestIdHeader = options.telemetryOptions?.clientRequestIdHeaderName ?? "x-ms-client-request-id";
  refuseHeader(requestIdHeader);
  sharedHttpClient ??= createDefaultHttpClient();
  const context: OperationContext = {
    endpoint,
    apiVersion: options.apiVersion || defaultApiVersion,
    allowInsecureConnection: options.allowInsecureConnection === true || isLoopback(endpoint.hostname),
    requestIdHeader,
    pipeline: createPipeline(given),
    httpClient: options.httpClient ?? sharedHttpClient,
  };
  // A proxy such as Vue's `reactive` couldn't reach a `#private` member. This one isn't enumerable, so that a client can
  // be cloned and printed.
  Object.defineProperty(client, contextKey, { value: context });
}

/** Returns what {@link attachContext} has attached to a client. */
export function contextOf(client: object): OperationContext {
  return (client as { [contextKey]: OperationContext })[contextKey];
}
