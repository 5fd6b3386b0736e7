import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import { createEmptyPipeline, type Pipeline, userAgentPolicy } from "@azure/core-rest-pipeline";
import { idSegments } from "../generated/idSegments.js";
import type { CommunicationIdentityClientOptions } from "../models.js";
import { createCommunicationAccessKeyCredentialPolicy } from "../pipeline/accessKeyPolicy.js";
import { attemptPolicy } from "../pipeline/attemptPolicy.js";
import { bearerTokenPolicy } from "../pipeline/bearerTokenPolicy.js";
import { isTokenCredential } from "../pipeline/credentials.js";
import { identityRetryPolicy } from "../pipeline/identityRetryPolicy.js";
import { logPolicy } from "../pipeline/logPolicy.js";
import { tracingPolicy } from "../pipeline/tracingPolicy.js";
import { transportPolicy } from "../pipeline/transportPolicy.js";
import { urlRedactor } from "../pipeline/urlRedactor.js";
import { packageVersion } from "../shared/version.js";

/** Creates the pipeline of a client. */
export function createIdentityPipeline(
  endpoint: URL,
  credential: KeyCredential | TokenCredential,
  options: CommunicationIdentityClientOptions,
): Pipeline {
  const { loggingOptions = {}, retryOptions = {}, additionalPolicies } = options;
  const redactUrl = urlRedactor(idSegments, loggingOptions);
  const added = (perRetry: boolean) =>
    (additionalPolicies ?? [])
      .filter(({ position }) => (position === "perRetry") === perRetry)
      .map(({ policy }) => policy);
  const policies = [
    // Once per call.
    userAgentPolicy({ userAgentPrefix: userAgentOf(options) }),
    ...added(false),
    identityRetryPolicy(retryOptions),
    // Once per attempt. From `attemptPolicy` on, the request is a copy.
    tracingPolicy(redactUrl),
    attemptPolicy(),
    isTokenCredential(credential)
      ? bearerTokenPolicy(credential, options.audience)
      : createCommunicationAccessKeyCredentialPolicy(credential, options),
    // Each time the request is sent: a corrected clock and a challenge send it again.
    logPolicy(loggingOptions, redactUrl),
    ...added(true),
    transportPolicy(endpoint, options),
  ];
  const pipeline = createEmptyPipeline();
  // Otherwise core would read the options of each policy from a polluted `Object.prototype`.
  for (const policy of policies) pipeline.addPolicy(policy, Object.create(null));
  return pipeline;
}

/** Keeps printable ASCII. Anything else would make each request fail in the transport, far from the cause. */
function userAgentOf({ userAgentOptions }: CommunicationIdentityClientOptions): string {
  const prefix = (userAgentOptions?.userAgentPrefix ?? "").replace(/[^\x20-\x7e]+/g, "");
  return `${prefix.trim().slice(0, 256)} acs-identity-js/${packageVersion}`.trimStart();
}
