import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";

/** The URL of a request of {@link newRequest}. */
export const url = "https://a.example/identities?api-version=1";

/** Creates a request for a policy under test. */
export function newRequest(extra: Partial<PipelineRequest> = {}): PipelineRequest {
  return createPipelineRequest({ url, method: "POST", requestId: "the-id", ...extra } as { url: string });
}

/** Creates what the next policy answers. */
export function answer(status: number, headers: Record<string, string> = {}): PipelineResponse {
  return { request: newRequest(), status, headers: createHttpHeaders(headers) };
}
