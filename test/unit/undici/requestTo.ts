import { createPipelineRequest, type PipelineRequest } from "@azure/core-rest-pipeline";

/** Creates a request that may use plain HTTP. */
export function requestTo(url: string, settings: Partial<PipelineRequest> = {}): PipelineRequest {
  return Object.assign(createPipelineRequest({ url, allowInsecureConnection: true }), settings);
}
