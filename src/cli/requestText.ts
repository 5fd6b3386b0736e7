import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createPipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { attemptPolicy } from "../pipeline/attemptPolicy.js";
import { transportPolicy } from "../pipeline/transportPolicy.js";

/** What to send, and how. */
export interface TextRequest {
  readonly method?: "GET" | "POST";
  readonly body?: string;
  /** How long headers and body may take together. */
  readonly timeoutInMs: number;
  /** @defaultValue the client's choice: the environment's proxy, but none for a loopback host */
  readonly proxy?: URL | undefined;
}

/**
 * Sends a request of the command to a server that isn't the service, once. The client's own policies read the response, so it
 * has the client's bounds: the time limit includes the body, which has at most 1 MiB, and a redirect isn't followed.
 */
export async function requestText(
  url: URL,
  { method = "GET", body, timeoutInMs, proxy }: TextRequest,
): Promise<Pick<PipelineResponse, "status" | "bodyAsText">> {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(attemptPolicy);
  // The URL of an agent's proxy names no port if it is the usual one.
  const proxyOptions = proxy && {
    host: proxy.href,
    port: Number(proxy.port) || (proxy.protocol === "https:" ? 443 : 80),
  };
  pipeline.addPolicy(transportPolicy(url, proxyOptions ? { proxyOptions } : {}));
  const request = createPipelineRequest({
    url: url.href,
    method,
    timeout: timeoutInMs,
    // Over plain http the command asks only this machine.
    allowInsecureConnection: url.protocol === "http:",
    ...(body !== undefined && { body }),
  });
  return await pipeline.sendRequest(createDefaultHttpClient(), request);
}
