// Browsers and edge runtimes choose proxy, certificates and compression themselves.
import type { PipelineOptions, PipelinePolicy, PipelineRequestOptions } from "@azure/core-rest-pipeline";

/** None: core's browser build refuses to construct a proxy policy. */
export function connectionPolicies(_endpoint: URL, _options: PipelineOptions): PipelinePolicy[] {
  return [];
}

/**
 * What every request starts with. Rows T97 and X18: fetch follows a redirect to any origin and takes the body along, a
 * Teams user's token too. `"error"` would do as well, but workerd doesn't know it.
 */
export function requestDefaults(
  _endpoint: URL,
): Pick<PipelineRequestOptions, "headers" | "requestOverrides"> {
  return { requestOverrides: { redirect: "manual" } };
}
