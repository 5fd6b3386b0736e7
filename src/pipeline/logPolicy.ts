// Core's own prints every response header in clear (core-rest-pipeline 1.24), and the user ids in URLs.
import type { HttpHeaders, LogPolicyOptions } from "@azure/core-rest-pipeline";
import { logger } from "../logger.js";
import type { Policy } from "../policies/policy.js";
import { redactUrl, urlRedactionOf } from "./redactUrl.js";

/** What is logged of requests and responses, and where to. */
export interface LoggingOptions extends LogPolicyOptions {
  /** Shows the ids in URLs in clear, in traces too. @defaultValue false */
  logUserIds?: boolean;
}

const harmlessHeaders =
  /^(?:accept|api-supported-versions|content-(?:length|type)|date|ms-cv|retry-after|traceparent|user-agent|www-authenticate|x-azure-ref|x-ms-(?:client-request-id|date|error-code|request-id|useragent)|x-processing-time)$/i;

/** Logs each attempt: the request and the response with their headers, no body. What is not known to be harmless is REDACTED. */
export function logPolicy(options: LoggingOptions): Policy {
  const log = options.logger ?? logger.info;
  const added = (options.additionalAllowedHeaderNames ?? []).map((name) => name.toLowerCase());
  const redaction = urlRedactionOf(options);

  return async (request, next) => {
    // A logger of one's own has no need to say whether it is on.
    if (log.enabled === false) return await next(request);
    const url = redactUrl(request.url, redaction);
    log(`Request: ${request.method} ${url} ${redactHeaders(request.headers, added)}`);
    const start = Date.now();
    const response = await next(request);
    const took = `${Date.now() - start} ms`;
    log(`Response: ${response.status} in ${took} ${redactHeaders(response.headers, added)}`);
    return response;
  };
}

function redactHeaders(headers: HttpHeaders, added: readonly string[]): string {
  const shown: Record<string, string> = {};
  for (const [name, value] of headers) {
    shown[name] = harmlessHeaders.test(name) || added.includes(name.toLowerCase()) ? value : "REDACTED";
  }
  return JSON.stringify(shown);
}
