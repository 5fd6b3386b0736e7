import { type PipelineOptions, type PipelinePolicy, RestError } from "@azure/core-rest-pipeline";

/** Returns none: browsers and edge runtimes choose proxy and certificates, and core's browser build has no proxy policy. */
export function connectionPolicies(_endpoint: URL, _options: PipelineOptions): PipelinePolicy[] {
  return [];
}

/**
 * Adapts a request and its response to core's fetch client. By default, fetch follows redirects to any origin and sends the
 * body again, which may hold a Teams user's token; core leaves it at that (Azure/azure-sdk-for-js#21051). `"error"` would
 * also work, but workerd doesn't support it.
 */
export function transportPolicy(): PipelinePolicy {
  return {
    name: "transportPolicy",
    async sendRequest(request, next) {
      request.requestOverrides = { redirect: "manual" };
      const response = await next(request);
      // A browser doesn't show a redirect that it didn't follow.
      if (response.status === 0)
        throw new RestError("The service responded with a redirect, which isn't followed.", { request });
      return response;
    },
  };
}
