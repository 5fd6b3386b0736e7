import { type PipelinePolicy, type RedirectPolicyOptions, redirectPolicy } from "@azure/core-rest-pipeline";

/**
 * Creates core's redirect policy, with one redirect at most. It follows redirects to the same origin only, and the request
 * is signed again. Core (core-rest-pipeline 1.25.1) throws a bare TypeError if `Location` isn't a URL. Here such a response is final.
 */
export function sameOriginRedirectPolicy(options: RedirectPolicyOptions): PipelinePolicy {
  const policy = redirectPolicy({ maxRetries: Math.min(options.maxRetries ?? 1, 1) });
  return {
    name: policy.name,
    sendRequest: (request, next) =>
      policy.sendRequest(request, async (sent) => {
        const response = await next(sent);
        const location = response.headers.get("Location");
        if (location && !URL.canParse(location, sent.url)) response.headers.delete("Location");
        return response;
      }),
  };
}
