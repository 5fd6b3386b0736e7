import { isTokenCredential } from "@azure/core-auth";
import { createEmptyPipeline, type Pipeline, userAgentPolicy } from "@azure/core-rest-pipeline";
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

/** Creates the pipeline of a client. A request passes the policies in the order in which they are added here. */
export function createPipeline({ endpoint, credential, options }: ClientArguments): Pipeline {
  const { loggingOptions = {}, retryOptions = {}, additionalPolicies = [] } = options;
  const redactUrl = urlRedactor(idSegments, loggingOptions);
  const pipeline = createEmptyPipeline();
  // Before the retries, a policy runs once per call.
  pipeline.addPolicy(userAgentPolicy({ userAgentPrefix: userAgentPrefix(options) }));
  for (const { policy, position } of additionalPolicies)
    if (position !== "perRetry") pipeline.addPolicy(policy);
  pipeline.addPolicy(identityRetryPolicy(retryOptions), { phase: "Retry" });
  // After the retries, a policy runs once per attempt and, from `attemptPolicy` on, with a copy of the request.
  pipeline.addPolicy(tracingPolicy(redactUrl), { afterPhase: "Retry" });
  pipeline.addPolicy(attemptPolicy, { afterPhase: "Retry" });
  const authenticationPolicy = isTokenCredential(credential)
    ? bearerTokenPolicy(credential, options.audience)
    : createCommunicationAccessKeyCredentialPolicy(credential, options);
  pipeline.addPolicy(authenticationPolicy, { phase: "Sign" });
  // After signing, a policy runs each time the request is sent: a corrected clock and a challenge send it again.
  for (const { policy, position } of additionalPolicies)
    if (position === "perRetry") pipeline.addPolicy(policy, { afterPhase: "Sign" });
  // Core's proxy policy is within `transportPolicy`, in Node.
  pipeline.addPolicy(logPolicy(loggingOptions, redactUrl), { afterPhase: "Sign" });
  pipeline.addPolicy(transportPolicy(endpoint, options), { afterPhase: "Sign" });
  // Throws if two policies have the same name. Otherwise only the first call would notice.
  pipeline.getOrderedPolicies();
  return pipeline;
}

/** Keeps printable ASCII. Anything else would make each request fail in the transport, far from the cause. */
function userAgentPrefix({ userAgentOptions }: CommunicationIdentityClientOptions): string {
  const prefix = (userAgentOptions?.userAgentPrefix ?? "").replace(/[^\x20-\x7e]+/g, "");
  return `${prefix.trim().slice(0, 256)} acs-identity-js/${packageVersion}`.trimStart();
}
