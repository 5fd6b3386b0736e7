// What Node, Bun and Deno need and the web does not: sync crypto, and what core's node:http client leaves to its user.

import { setMaxListeners } from "node:events";
import {
  agentPolicy,
  type PipelineOptions,
  type PipelinePolicy,
  proxyPolicy,
  userAgentPolicy,
} from "@azure/core-rest-pipeline";
import type { Signal } from "../cancellation.js";
import { isLoopback } from "../clientArguments.js";
import { redirectPolicy } from "../policies/redirectPolicy.js";

export { createCorrectedClock as createClock } from "../auth/clock.js";
export { hmacSha256, importSigningKey, type SigningKey, sha256 } from "../auth/cryptoNode.js";
export { isLostConnection } from "../transport/lostConnection.js";
export { readNodeBody as readBody } from "../transport/nodeBody.js";
export { createNodeHttpClient as createDefaultHttpClient } from "../transport/nodeHttpClient.js";

export function transportPolicies(
  endpoint: URL,
  options: PipelineOptions,
  userAgent: string,
): PipelinePolicy[] {
  // The proxy of HTTPS_PROXY has no way to an emulator on this machine.
  const mayUseProxy = options.proxyOptions !== undefined || !isLoopback(endpoint.hostname);
  return [
    ...(options.agent ? [agentPolicy(options.agent)] : []),
    ...(options.tlsOptions ? [hiddenTlsPolicy(options.tlsOptions)] : []),
    ...(mayUseProxy ? [proxyPolicy(options.proxyOptions)] : []),
    userAgentPolicy({ userAgentPrefix: userAgent }),
  ];
}

/** Core's puts the private key where every print of a `RestError` shows it. */
function hiddenTlsPolicy(value: NonNullable<PipelineOptions["tlsOptions"]>): PipelinePolicy {
  return {
    name: "acsTlsPolicy",
    sendRequest(request, next) {
      Object.defineProperty(request, "tlsSettings", { value, configurable: true });
      return next(request);
    },
  };
}

/** Before the signature, so that a redirect is signed anew. */
export function transportAttemptPolicies({ redirectOptions }: PipelineOptions): PipelinePolicy[] {
  return [redirectPolicy(redirectOptions)];
}

/**
 * Headers for the transport. An answer has about a kilobyte, so compression gains nothing; and core's decompression
 * (ts-http-runtime 0.3.6) hangs for ever when the connection is lost in the middle.
 */
export const transportHeaders: Record<string, string> = { "Accept-Encoding": "identity" };

/** node:http looks an IPv6 literal up as a name when it keeps its brackets. */
export function transportOverrides(endpoint: URL): Record<string, unknown> | undefined {
  return endpoint.hostname.startsWith("[") ? { hostname: endpoint.hostname.slice(1, -1) } : undefined;
}

/**
 * Node 20 warns of a leak from the eleventh listener of a signal on, and an app may well have hundreds of calls on the
 * signal of its shutdown. Each takes its listener back when it ends.
 */
export function expectListeners(signal: Signal): void {
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
}

/** Nobody reads the memory of a server. */
export function warnOfKeyInPage(): void {}
