// What Node, Bun and Deno need and the web does not: sync crypto, and the policies that core's node:http client reads.
import {
  agentPolicy,
  decompressResponsePolicy,
  type PipelineOptions,
  type PipelinePolicy,
  proxyPolicy,
  tlsPolicy,
} from "@azure/core-rest-pipeline";

export { hmacSha256, importSigningKey, type SigningKey, sha256 } from "../auth/cryptoNode.js";

export function transportPolicies(options: PipelineOptions): PipelinePolicy[] {
  return [
    ...(options.agent ? [agentPolicy(options.agent)] : []),
    ...(options.tlsOptions ? [tlsPolicy(options.tlsOptions)] : []),
    proxyPolicy(options.proxyOptions),
    decompressResponsePolicy(),
  ];
}
