import { isKeyCredential } from "@azure/core-auth";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { createHttpClient } from "#platform/httpClient";
import { warnOfKeyInPage } from "#platform/warnings";
import { defaultApiVersion } from "../operation/apiVersion.js";
import type { ClientContext } from "../operation/operation.js";
import { isLoopback } from "../pipeline/loopback.js";
import { createIdentityPipeline } from "../pipeline/pipeline.js";
import { allowsInsecureConnection, type ClientArguments } from "./clientArguments.js";

/** One for all clients, made at first use, so that clients share connections and a client per request is cheap. */
let sharedHttpClient: HttpClient | undefined;

export function createClientContext({ endpoint, credential, options }: ClientArguments): ClientContext {
  // Everybody knows the key of the local emulator.
  if (isKeyCredential(credential) && !isLoopback(endpoint.hostname)) warnOfKeyInPage();
  sharedHttpClient ??= createHttpClient();
  return {
    endpoint,
    apiVersion: options.apiVersion || defaultApiVersion,
    allowInsecureConnection: allowsInsecureConnection(options) || isLoopback(endpoint.hostname),
    requestIdHeader: options.telemetryOptions?.clientRequestIdHeaderName ?? "x-ms-client-request-id",
    pipeline: createIdentityPipeline(endpoint, credential, options),
    httpClient: options.httpClient ?? sharedHttpClient,
  };
}
