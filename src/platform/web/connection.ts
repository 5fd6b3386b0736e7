// Browsers and edge runtimes choose proxy, certificates and compression themselves.
import type {
  PipelineOptions,
  PipelinePolicy,
  PipelineRequest,
  PipelineResponse,
} from "@azure/core-rest-pipeline";

/** Returns none: core's browser build refuses to create a proxy policy. */
export function connectionPolicies(_endpoint: URL, _options: PipelineOptions): PipelinePolicy[] {
  return [];
}

/**
 * Prepares a request for core's fetch client. Rows T97 and X19: by default, fetch follows redirects to any origin and
 * sends the body again, which may hold a Teams user's token. `"error"` would also work, but workerd doesn't support it.
 */
export function prepareForTransport(request: PipelineRequest): void {
  request.requestOverrides = { redirect: "manual" };
}

/** Does nothing: fetch opens the connections, and rejects responses that come from a proxy instead of the service. */
export function requireTls(_request: PipelineRequest, _response: PipelineResponse): void {}
