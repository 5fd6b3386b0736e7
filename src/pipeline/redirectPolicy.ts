// Core follows twenty redirects and fails with a bare TypeError for a Location that is no URL.
import type { RedirectPolicyOptions } from "@azure/core-rest-pipeline";
import type { Policy } from "../policies/policy.js";

/**
 * Follows one redirect with 307 or 308 to the same origin. A second one is a loop, one to another origin would carry
 * the body there, and the other statuses would turn a POST into a GET: neither is an option.
 */
export function redirectPolicy({ maxRetries = 1 }: RedirectPolicyOptions = {}): Policy {
  return async (request, next) => {
    const response = await next(request);
    const location = response.headers.get("Location");
    if ((response.status !== 307 && response.status !== 308) || !location || maxRetries < 1) return response;
    const { url } = request;
    if (!URL.canParse(location, url)) return response;
    const target = new URL(location, url);
    if (target.origin !== new URL(url).origin) return response;
    request.url = target.href;
    try {
      return await next(request);
    } finally {
      request.url = url;
    }
  };
}
