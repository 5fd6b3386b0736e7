import {
  agentPolicy,
  type PipelineOptions,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { isLoopback } from "../../pipeline/loopback.js";
import { proxyRefusal } from "../../pipeline/proxyRefusal.js";
import { sameOriginRedirectPolicy } from "../../pipeline/redirectPolicy.js";
import { safeProxyPolicy } from "./proxy.js";
import { hiddenTlsPolicy } from "./tlsPolicy.js";

/** Returns the policies that determine how a request reaches the service. They run once per attempt. */
export function connectionPolicies(endpoint: URL, options: PipelineOptions): PipelinePolicy[] {
  const policies = options.agent ? [agentPolicy(options.agent)] : [];
  // The proxy that HTTPS_PROXY names can't reach an emulator on this machine.
  if (options.proxyOptions || !isLoopback(endpoint.hostname)) {
    policies.push(safeProxyPolicy(options));
  }
  if (options.tlsOptions) policies.push(hiddenTlsPolicy(options.tlsOptions));
  policies.push(sameOriginRedirectPolicy(options.redirectOptions ?? {}));
  return policies;
}

/** Prepares a request for core's node:http client. */
export function prepareForTransport(request: PipelineRequest): void {
  // Row T76: until core-rest-pipeline 1.25, decompression hangs if the connection is lost. The service's responses have
  // about a kilobyte, so compression gains nothing.
  request.headers.set("Accept-Encoding", "identity");
  // Row T17b: core 1.25.1 keeps the brackets of an IPv6 literal, which node:http then looks up as a host name.
  const [, hostname] = /^https?:\/\/\[([^\]]+)\]/.exec(request.url) ?? [];
  const { abortSignal: attemptSignal } = request;
  request.requestOverrides = { ...request.requestOverrides, attemptSignal, ...(hostname && { hostname }) };
}

/**
 * Rejects a response to an https request that didn't come over TLS: an agent of https-proxy-agent treats a proxy's
 * response to CONNECT as the service's response.
 */
export function requireTls(request: PipelineRequest, { status, readableStreamBody }: PipelineResponse): void {
  const { socket } = (readableStreamBody ?? {}) as { socket?: { encrypted?: boolean } };
  if (request.url.startsWith("https:") && socket && !socket.encrypted) {
    const { message, code } = proxyRefusal(status);
    throw new RestError(message, { code, request });
  }
}
