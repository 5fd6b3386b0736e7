// What core's node:http client leaves to whoever uses it.
import {
  agentPolicy,
  createHttpHeaders,
  type PipelineOptions,
  type PipelinePolicy,
  type PipelineRequestOptions,
  proxyPolicy,
} from "@azure/core-rest-pipeline";
import { isLoopback } from "../../pipeline/loopback.js";

/** The policies that choose how a request reaches the service. They run once per call. */
export function connectionPolicies(endpoint: URL, options: PipelineOptions): PipelinePolicy[] {
  const policies = options.agent ? [agentPolicy(options.agent)] : [];
  // The proxy that HTTPS_PROXY names can't reach an emulator on this machine.
  if (options.proxyOptions || !isLoopback(endpoint.hostname)) {
    policies.push(proxyPolicy(options.proxyOptions));
  }
  return policies;
}

/** What every request starts with. */
export function requestDefaults(endpoint: URL): Pick<PipelineRequestOptions, "headers" | "requestOverrides"> {
  const { hostname } = endpoint;
  return {
    // Row T76: decompression hangs when the connection is lost meanwhile, until core-rest-pipeline 1.25. The service's
    // answers have about a kilobyte, so compression gains nothing.
    headers: createHttpHeaders({ "Accept-Encoding": "identity" }),
    // Row T17b: node:http looks up an IPv6 literal as a name when it keeps its brackets (core 1.25.1 keeps them).
    ...(hostname.startsWith("[") && { requestOverrides: { hostname: hostname.slice(1, -1) } }),
  };
}
