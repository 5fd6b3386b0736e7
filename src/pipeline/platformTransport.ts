import { createSecureContext } from "node:tls";
import {
  type PipelineOptions,
  type PipelinePolicy,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { argumentError } from "../arguments/argumentError.js";
import { isLoopback } from "../shared/loopback.js";
import { proxyRefusal } from "../shared/proxyRefusal.js";
import { sharedProxyPolicy } from "./proxyPolicy.js";

/** Returns a function that sends a request by core's node:http client, through the agent or proxy of the options. */
export function platformTransport(endpoint: URL, options: PipelineOptions): PipelinePolicy["sendRequest"] {
  const { agent, tlsOptions, proxyOptions } = options;
  try {
    // Without this check, Node would read the options when it connects, and its error wouldn't mention them.
    if (tlsOptions) createSecureContext(tlsOptions);
  } catch (error) {
    const { code = "no code" } = error as { code?: string };
    const form = "Write ca, cert and key in PEM, or pfx as bytes, with the passphrase that they need";
    throw argumentError(`tlsOptions can't be read (${code}). ${form}.`);
  }
  // The proxy that HTTPS_PROXY names can't reach an emulator on this machine.
  const proxy = proxyOptions || !isLoopback(endpoint.hostname) ? sharedProxyPolicy(options) : undefined;

  return async (request, next) => {
    // Until core-rest-pipeline 1.25, decompression hangs if the connection is lost. The service's responses have about a
    // kilobyte, so compression gains nothing.
    request.headers.set("Accept-Encoding", "identity");
    if (agent) request.agent ??= agent;
    if (tlsOptions) request.tlsSettings ??= tlsOptions;
    // Core (1.25.1) keeps the brackets of an IPv6 literal, which node:http looks up as a host name (nodejs/node#39738).
    const [, hostname] = /^https?:\/\/\[([^\]]+)\]/.exec(request.url) ?? [];
    if (hostname) request.requestOverrides = { ...request.requestOverrides, hostname };
    const response = await (proxy ? proxy.sendRequest(request, next) : next(request));
    if (request.url.startsWith("https:") && isPlain(response)) {
      const { message, code } = proxyRefusal(response.status);
      throw new RestError(message, { code, request });
    }
    return response;
  };
}

/**
 * Tells whether a response didn't come over TLS: an agent of https-proxy-agent (up to 9.1) treats a proxy's response to CONNECT
 * as the service's.
 */
function isPlain(response: PipelineResponse | undefined): boolean {
  const { socket } = (response?.readableStreamBody ?? {}) as { socket?: { encrypted?: boolean } };
  return socket !== undefined && !socket.encrypted;
}
