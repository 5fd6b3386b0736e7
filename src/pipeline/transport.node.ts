import {
  agentPolicy,
  type PipelineOptions,
  type PipelinePolicy,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { proxyRefusal } from "../shared/proxyRefusal.js";
import { isLoopback } from "./loopback.js";
import { sharedProxyPolicy } from "./proxyPolicy.node.js";
import { sameOriginRedirectPolicy } from "./redirectPolicy.js";
import { hiddenTlsPolicy } from "./tlsPolicy.node.js";

/** Returns the policies that determine how a request reaches the service. They run once per attempt. */
export function connectionPolicies(endpoint: URL, options: PipelineOptions): PipelinePolicy[] {
  const policies = options.agent ? [agentPolicy(options.agent)] : [];
  // The proxy that HTTPS_PROXY names can't reach an emulator on this machine.
  if (options.proxyOptions || !isLoopback(endpoint.hostname)) {
    policies.push(sharedProxyPolicy(options));
  }
  if (options.tlsOptions) policies.push(hiddenTlsPolicy(options.tlsOptions));
  policies.push(sameOriginRedirectPolicy(options.redirectOptions ?? {}));
  return policies;
}

/** Adapts a request and its response to core's node:http client. */
export function transportPolicy(): PipelinePolicy {
  return {
    name: "transportPolicy",
    async sendRequest(request, next) {
      // Until core-rest-pipeline 1.25, decompression hangs if the connection is lost. The service's responses have about a
      // kilobyte, so compression gains nothing.
      request.headers.set("Accept-Encoding", "identity");
      // Core (1.25.1) keeps the brackets of an IPv6 literal, which node:http looks up as a host name (nodejs/node#39738).
      const [, hostname] = /^https?:\/\/\[([^\]]+)\]/.exec(request.url) ?? [];
      if (hostname) request.requestOverrides = { ...request.requestOverrides, hostname };
      const response = await next(request);
      if (request.url.startsWith("https:") && isPlain(response)) {
        const { message, code } = proxyRefusal(response.status);
        throw new RestError(message, { code, request });
      }
      return response;
    },
  };
}

/**
 * Tells whether a response didn't come over TLS: an agent of https-proxy-agent (up to 9.1) treats a proxy's response to
 * CONNECT as the service's.
 */
function isPlain({ readableStreamBody }: PipelineResponse): boolean {
  const { socket } = (readableStreamBody ?? {}) as { socket?: { encrypted?: boolean } };
  return socket !== undefined && !socket.encrypted;
}
