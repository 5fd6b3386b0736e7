import type { PipelinePolicy, TlsSettings } from "@azure/core-rest-pipeline";
import { setHidden } from "./setHidden.node.js";

/**
 * Passes the TLS settings to the transport. Core's own policy (core-rest-pipeline 1.25.1) makes them an enumerable member of the
 * request, so printing a `RestError` shows the private key.
 */
export function hiddenTlsPolicy(value: TlsSettings): PipelinePolicy {
  return {
    name: "tlsPolicy",
    sendRequest(request, next) {
      if (!request.tlsSettings) setHidden(request, "tlsSettings", value);
      return next(request);
    },
  };
}
