// Core's own prints every response header in clear (core-rest-pipeline 1.24), and the user ids in URLs.
import type { HttpHeaders, LogPolicyOptions, PipelinePolicy } from "@azure/core-rest-pipeline";
import { logger } from "../logger.js";

/** What is logged of requests and responses, and where to. */
export interface LoggingOptions extends LogPolicyOptions {
  /** Shows the ids in URLs in clear. @defaultValue false */
  logUserIds?: boolean;
}

const allowedHeaders = [
  "accept",
  "accept-encoding",
  "api-supported-versions",
  "connection",
  "content-length",
  "content-type",
  "date",
  "ms-cv",
  "retry-after",
  "traceparent",
  "transfer-encoding",
  "user-agent",
  "www-authenticate",
  "x-azure-ref",
  "x-ms-client-request-id",
  "x-ms-date",
  "x-ms-error-code",
  "x-ms-request-id",
  "x-ms-useragent",
  "x-processing-time",
];

/** Logs each attempt: the request and the response with their headers, no body. What is not known to be harmless is REDACTED. */
export function logPolicy(options: LoggingOptions): PipelinePolicy {
  const log = options.logger ?? logger.info;
  const headerNames = lowerCased([...allowedHeaders, ...(options.additionalAllowedHeaderNames ?? [])]);
  const queryNames = lowerCased(["api-version", ...(options.additionalAllowedQueryParameters ?? [])]);

  return {
    name: "acsLogPolicy",
    async sendRequest(request, next) {
      // A logger of one's own has no need to say whether it is on.
      if (log.enabled === false) return next(request);
      const url = redactUrl(request.url, queryNames, options.logUserIds === true);
      log(`Request: ${request.method} ${url} ${redactHeaders(request.headers, headerNames)}`);
      const start = Date.now();
      const response = await next(request);
      const took = `${Date.now() - start} ms`;
      log(`Response: ${response.status} in ${took} ${redactHeaders(response.headers, headerNames)}`);
      return response;
    },
  };
}

function redactHeaders(headers: HttpHeaders, allowed: Set<string>): string {
  const shown: Record<string, string> = {};
  for (const [name, value] of headers) shown[name] = allowed.has(name.toLowerCase()) ? value : "REDACTED";
  return JSON.stringify(shown);
}

function redactUrl(text: string, allowed: Set<string>, showIds: boolean): string {
  const url = new URL(text);
  for (const name of [...url.searchParams.keys()]) {
    if (!allowed.has(name.toLowerCase())) url.searchParams.set(name, "REDACTED");
  }
  // An id is the segment after these names; one that begins with ':' is an action of the service.
  if (!showIds)
    url.pathname = url.pathname.replace(/\/(identities|tenants|assignments)\/(?!:)[^/]+/g, "/$1/REDACTED");
  return url.href;
}

function lowerCased(names: readonly string[]): Set<string> {
  return new Set(names.map((name) => name.toLowerCase()));
}
