import { isKeyCredential } from "@azure/core-auth";
import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import { logger } from "../logger.js";
import { defaultApiVersion } from "../operation/apiVersion.js";
import type { ClientContext } from "../operation/operation.js";
import { isLoopback } from "../pipeline/loopback.js";
import { createIdentityPipeline } from "../pipeline/pipeline.js";
import { allowsInsecureConnection, type ClientArguments } from "./clientArguments.js";

/** Created on first use. All clients share it and its connections, which makes a client per request cheap. */
let sharedHttpClient: HttpClient | undefined;

export function createClientContext({ endpoint, credential, options }: ClientArguments): ClientContext {
  // A loopback host is the emulator, whose key isn't secret.
  if ("document" in globalThis && isKeyCredential(credential) && !isLoopback(endpoint.hostname)) {
    logger.warning("Visitors of this page can read its access key. Get tokens from your own server instead.");
  }
  sharedHttpClient ??= createDefaultHttpClient();
  return {
    endpoint,
    apiVersion: options.apiVersion || defaultApiVersion,
    allowInsecureConnection: allowsInsecureConnection(options) || isLoopback(endpoint.hostname),
    requestIdHeader: options.telemetryOptions?.clientRequestIdHeaderName ?? "x-ms-client-request-id",
    pipeline: createIdentityPipeline(endpoint, credential, options),
    httpClient: options.httpClient ?? sharedHttpClient,
  };
}
