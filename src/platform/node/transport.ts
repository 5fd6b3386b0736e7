// What Node, Bun and Deno need and the web does not: sync crypto, and what core's node:http client leaves to its user.

import { setMaxListeners } from "node:events";
import {
  agentPolicy,
  type PipelineOptions,
  type PipelineRequest,
  proxyPolicy,
  userAgentPolicy,
} from "@azure/core-rest-pipeline";
import type { Signal } from "../../pipeline/cancellation.js";
import { isLoopback } from "../../pipeline/loopback.js";
import { redirectPolicy } from "../../pipeline/redirectPolicy.js";
import { type Policy, unnamed } from "../../policies/policy.js";

export { createCorrectingSender as createSignedSender } from "../../pipeline/signedSender.js";
export { isLostConnection } from "../../transport/lostConnection.js";
export { readNodeBody as readBody } from "../../transport/nodeBody.js";
export { createNodeHttpClient as createDefaultHttpClient } from "../../transport/nodeHttpClient.js";

export function transportPolicies(endpoint: URL, options: PipelineOptions, userAgent: string): Policy[] {
  // The proxy of HTTPS_PROXY has no way to an emulator on this machine.
  const mayUseProxy = options.proxyOptions !== undefined || !isLoopback(endpoint.hostname);
  const policies = [
    ...(options.agent ? [agentPolicy(options.agent)] : []),
    ...(mayUseProxy ? [proxyPolicy(options.proxyOptions)] : []),
    userAgentPolicy({ userAgentPrefix: userAgent }),
  ];
  return [
    ...(options.tlsOptions ? [hiddenTlsPolicy(options.tlsOptions)] : []),
    ...policies.map((policy) => unnamed({ policy })),
  ];
}

/** Core's puts the private key where every print of a `RestError` shows it. */
function hiddenTlsPolicy(value: NonNullable<PipelineOptions["tlsOptions"]>): Policy {
  return (request, next) => {
    Object.defineProperty(request, "tlsSettings", { value, configurable: true });
    return next(request);
  };
}

/** Forgets what is good for years: a private key with its passphrase, and the password of a proxy. */
export function forgetTransport(request: PipelineRequest): void {
  delete request.tlsSettings;
  delete request.agent;
}

/** Before the signature, so that a redirect is signed anew. */
export function transportAttemptPolicies({ redirectOptions }: PipelineOptions): Policy[] {
  return [redirectPolicy(redirectOptions)];
}

/**
 * Headers for the transport. An answer has about a kilobyte, so compression gains nothing; and core's decompression
 * (ts-http-runtime 0.3.6) hangs for ever when the connection is lost in the middle.
 */
export const transportHeaders: readonly [string, string][] = [["Accept-Encoding", "identity"]];

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
