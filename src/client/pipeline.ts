import { isTokenCredential } from "@azure/core-auth";
import { type PipelinePolicy, userAgentPolicy } from "@azure/core-rest-pipeline";
import { idSegments } from "../generated/idSegments.js";
import type { CommunicationIdentityClientOptions } from "../models.js";
import { createCommunicationAccessKeyCredentialPolicy } from "../pipeline/accessKeyPolicy.js";
import { attemptPolicy } from "../pipeline/attemptPolicy.js";
import { bearerTokenPolicy } from "../pipeline/bearerTokenPolicy.js";
import { identityRetryPolicy } from "../pipeline/identityRetryPolicy.js";
import { logPolicy } from "../pipeline/logPolicy.js";
import { tracingPolicy } from "../pipeline/tracingPolicy.js";
import { transportPolicy } from "../pipeline/transportPolicy.js";
import { urlRedactor } from "../pipeline/urlRedactor.js";
import { packageVersion } from "../shared/version.js";
import type { ClientArguments } from "./clientArguments.js";

/** Creates the policies of a client, in the order in which a request passes them. */
export function createPolicies({ endpoint, credential, options }: ClientArguments): PipelinePolicy[] {
  const { loggingOptions = {}, retryOptions = {}, additionalPolicies } = options;
  const redactUrl = urlRedactor(idSegments, loggingOptions);
  const added = (perRetry: boolean) =>
    (additionalPolicies ?? [])
      .filter(({ position }) => (position === "perRetry") === perRetry)
      .map(({ policy }) => policy);
  return [
    // Once per call.
    userAgentPolicy({ userAgentPrefix: userAgentOf(options) }),
    ...added(false),
    identityRetryPolicy(retryOptions),
    // Once per attempt. From `attemptPolicy` on, the request is a copy.
    tracingPolicy(redactUrl),
    attemptPolicy,
    isTokenCredential(credential)
      ? bearerTokenPolicy(credential, options.audience)
      : createCommunicationAccessKeyCredentialPolicy(credential, options),
    // Each time the request is sent: a corrected clock and a challenge send it again.
    logPolicy(loggingOptions, redactUrl),
    ...added(true),
    transportPolicy(endpoint, options),
  ];
}

/** Keeps printable ASCII. Anything else would make each request fail in the transport, far from the cause. */
function userAgentOf({ userAgentOptions }: CommunicationIdentityClientOptions): string {
  const prefix = (userAgentOptions?.userAgentPrefix ?? "").replace(/[^\x20-\x7e]+/g, "");
  return `${prefix.trim().slice(0, 256)} acs-identity-js/${packageVersion}`.trimStart();
}
