// What core's node:http client leaves to whoever uses it.
import {
  agentPolicy,
  type PipelineOptions,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { isLoopback } from "../../pipeline/loopback.js";
import { sameOriginRedirectPolicy } from "../../pipeline/redirectPolicy.js";
import { proxyRefusal, safeProxyPolicy } from "./proxy.js";

/** The policies that choose how a request reaches the service. They run once per attempt. */
export function connectionPolicies(endpoint: URL, options: PipelineOptions): PipelinePolicy[] {
  const policies = options.agent ? [agentPolicy(options.agent)] : [];
  // The proxy that HTTPS_PROXY names can't reach an emulator on this machine.
  if (options.proxyOptions || !isLoopback(endpoint.hostname)) {
    policies.push(safeProxyPolicy(options.proxyOptions));
  }
  policies.push(sameOriginRedirectPolicy(options.redirectOptions ?? {}));
  return policies;
}

/** Prepares a request for core's node:http client. */
export function prepareForTransport(request: PipelineRequest): void {
  // Row T76: decompression hangs when the connection is lost meanwhile, until core-rest-pipeline 1.25. The service's answers
  // have about a kilobyte, so compression gains nothing.
  request.headers.set("Accept-Encoding", "identity");
  // Row T17b: node:http looks up an IPv6 literal as a name when it keeps its brackets (core 1.25.1 keeps them).
  const [, hostname] = /^https?:\/\/\[([^\]]+)\]/.exec(request.url) ?? [];
  if (hostname) request.requestOverrides = { hostname };
}

/**
 * Refuses an answer to an https request that didn't come over TLS. Attack H1: an agent of https-proxy-agent takes what a
 * proxy answers to CONNECT for the answer of the service.
 */
export function requireTls(request: PipelineRequest, { status, readableStreamBody }: PipelineResponse): void {
  const { socket } = (readableStreamBody ?? {}) as { socket?: { encrypted?: boolean } };
  if (request.url.startsWith("https:") && socket && !socket.encrypted) {
    const { message, code } = proxyRefusal(status);
    throw new RestError(message, { code, request });
  }
}
