// Browsers and edge runtimes: WebCrypto; proxies, TLS and decompression are the runtime's own affair.
import type { PipelineOptions, PipelineRequest } from "@azure/core-rest-pipeline";
import type { Signal } from "../../pipeline/cancellation.js";
import type { SignedSender } from "../../pipeline/signedSender.js";
import type { Policy } from "../../policies/policy.js";

export { createFetchHttpClient as createDefaultHttpClient } from "../../transport/fetchHttpClient.js";
export { isLostFetch as isLostConnection } from "../../transport/lostFetch.js";
export { readWebBody as readBody } from "../../transport/webBody.js";

/** A browser sets User-Agent itself; this header is the one that Azure reads in its place. */
export function transportPolicies(_endpoint: URL, _options: PipelineOptions, userAgent: string): Policy[] {
  return [
    (request, next) => {
      if (!request.headers.has("x-ms-useragent")) request.headers.set("x-ms-useragent", userAgent);
      return next(request);
    },
  ];
}

/** No redirect is followed, see {@link transportOverrides}. */
export function transportAttemptPolicies(_options: PipelineOptions): Policy[] {
  return [];
}

/** A page can't read the `Date` header of another origin, and the clocks of edge runtimes are right. */
export function createSignedSender(_correctsClock?: boolean): SignedSender {
  return async (sign, send) => {
    // Not `new Date()`, which a clock that was put in the place of Date.now does not move.
    await sign(new Date(Date.now()).toUTCString());
    return send();
  };
}

/** Fetch sets Accept-Encoding itself. */
export const transportHeaders: readonly [string, string][] = [];

/**
 * Fetch would follow a redirect to any origin and carry the body along, a Teams token too. Not `"error"`, which
 * workerd does not know; the opaque answer that a browser gives for this is refused as a failure.
 */
export function transportOverrides(_endpoint: URL): Record<string, unknown> | undefined {
  return { redirect: "manual" };
}

/** A request names no proxy and no certificate. */
export function forgetTransport(_request: PipelineRequest): void {}

/** Only Node counts the listeners of a signal. */
export function expectListeners(_signal: Signal): void {}

let hasWarned = false;

/** On the console, since a log that nobody has turned on warns of nothing. Once a page; workers are not open to readers. */
export function warnOfKeyInPage(): void {
  if (hasWarned || !("document" in globalThis)) return;
  hasWarned = true;
  console.warn("acs-identity: visitors of this page can read its access key (see TROUBLESHOOTING.md)");
}
