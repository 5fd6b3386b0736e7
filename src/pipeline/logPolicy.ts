// Core's own policy prints the ids of users in URLs (core-rest-pipeline 1.25.1) and every response header in clear (until
// ts-http-runtime 0.3.7, Azure/azure-sdk-for-js#39101), and never calls a logger that has no `enabled`.
import type { HttpHeaders, LogPolicyOptions, PipelinePolicy } from "@azure/core-rest-pipeline";
import { logger } from "../logger.js";
import { ignoreErrors } from "../shared/ignoreErrors.js";
import { redact } from "./redact.js";

/** What to log of requests and responses, and where. */
export interface LoggingOptions extends LogPolicyOptions {
  /** Whether logs and traces show the ids in URLs. @defaultValue false */
  logUserIds?: boolean | undefined;
}

const harmlessHeaders =
  /^(?:accept|api-supported-versions|content-(?:length|type)|date|host|ms-cv|retry-after|traceparent|user-agent|www-authenticate|x-azure-ref|x-ms-(?:client-request-id|date|error-code|request-id|useragent)|x-processing-time)$/i;

/** Logs each request and its response, with headers and without bodies. Headers that aren't known to be harmless are REDACTED. */
export function logPolicy(options: LoggingOptions, redactUrl: (url: string) => string): PipelinePolicy {
  const log = options.logger ?? logger.info;
  const added = (options.additionalAllowedHeaderNames ?? []).map((name) => name.toLowerCase());

  return {
    name: "logPolicy",
    async sendRequest(request, next) {
      // A custom logger may have no `enabled`.
      if (log.enabled === false) return next(request);
      const url = redactUrl(request.url);
      const shownRequest = shownHeaders(request.headers, added);
      ignoreErrors(() => log(`Request: ${request.method} ${url} ${shownRequest}`));
      const start = performance.now();
      const response = await next(request);
      const took = `${Math.round(performance.now() - start)} ms`;
      // A server may repeat what it was sent.
      const shown = redact(shownHeaders(response.headers, added), request);
      ignoreErrors(() => log(`Response: ${response.status} in ${took} ${shown}`));
      return response;
    },
  };
}

function shownHeaders(headers: HttpHeaders, added: readonly string[]): string {
  const isShown = (name: string) => harmlessHeaders.test(name) || added.includes(name.toLowerCase());
  const shown = [...headers].map(([name, value]) => [name, isShown(name) ? value : "REDACTED"]);
  return JSON.stringify(Object.fromEntries(shown));
}
