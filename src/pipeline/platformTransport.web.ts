import { type PipelineOptions, type PipelinePolicy, RestError } from "@azure/core-rest-pipeline";

/**
 * Returns a function that sends a request by core's fetch client. Browsers and edge runtimes choose proxy and certificates.
 * By default, fetch follows redirects to any origin and sends the body again, which may hold a Teams user's token; core
 * leaves it at that (Azure/azure-sdk-for-js#21051). `"error"` would also work, but workerd doesn't support it.
 */
export function platformTransport(_endpoint: URL, _options: PipelineOptions): PipelinePolicy["sendRequest"] {
  return async (request, next) => {
    request.requestOverrides = { ...request.requestOverrides, redirect: "manual" };
    const response = await next(request);
    // A browser doesn't show a redirect that it didn't follow.
    if (response?.status === 0)
      throw new RestError("The service responded with a redirect, which isn't followed.", { request });
    return response;
  };
}
