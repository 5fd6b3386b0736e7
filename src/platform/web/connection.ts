// Browsers and edge runtimes choose proxy, certificates and compression themselves.
import type {
  PipelineOptions,
  PipelinePolicy,
  PipelineRequest,
  PipelineResponse,
} from "@azure/core-rest-pipeline";

/** None: core's browser build refuses to construct a proxy policy. */
export function connectionPolicies(_endpoint: URL, _options: PipelineOptions): PipelinePolicy[] {
  return [];
}

/**
 * Prepares a request for core's fetch client. Rows T97 and X18: fetch follows a redirect to any origin and takes the body
 * along, a Teams user's token too. `"error"` would do as well, but workerd doesn't know it.
 */
export function prepareForTransport(request: PipelineRequest): void {
  request.requestOverrides = { redirect: "manual" };
}

/** Fetch opens the connections, and refuses what a proxy says in the place of the service. */
export function requireTls(_request: PipelineRequest, _response: PipelineResponse): void {}
