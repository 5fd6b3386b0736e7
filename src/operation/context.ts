import type { HttpClient } from "@azure/core-rest-pipeline";
import { createDefaultHttpClient, warnOfKeyInPage } from "#platform/transport";
import { isLoopback } from "../pipeline/loopback.js";
import { createClientPipeline } from "../pipeline/pipeline.js";
import { boundedHttpClient } from "../transport/boundedHttpClient.js";
import { defaultApiVersion } from "./apiVersion.js";
import { allowsInsecureConnection, type ClientArguments, isKeyCredential } from "./clientArguments.js";
import type { OperationContext } from "./operation.js";

/** One for all clients, made at first use, so that clients share connections and a client per request is cheap. */
let sharedHttpClient: HttpClient | undefined;

export function createOperationContext(args: ClientArguments): OperationContext {
  const { endpoint, credential, options } = args;
  // The local emulator's key is known to everyone anyway.
  if (isKeyCredential(credential) && !isLoopback(endpoint.hostname)) warnOfKeyInPage();
  sharedHttpClient ??= createDefaultHttpClient();
  return {
    endpoint,
    apiVersion: options.apiVersion || defaultApiVersion,
    allowInsecureConnection: allowsInsecureConnection(options) || isLoopback(endpoint.hostname),
    requestIdHeader: options.telemetryOptions?.clientRequestIdHeaderName ?? "x-ms-client-request-id",
    send: createClientPipeline(args, boundedHttpClient(options.httpClient ?? sharedHttpClient)),
  };
}
