// Browsers and edge runtimes: WebCrypto; proxies, TLS and decompression are the runtime's own affair.
import type { PipelineOptions, PipelinePolicy } from "@azure/core-rest-pipeline";

export { hmacSha256, importSigningKey, type SigningKey, sha256 } from "../auth/cryptoWeb.js";

export function transportPolicies(_options: PipelineOptions): PipelinePolicy[] {
  return [];
}
