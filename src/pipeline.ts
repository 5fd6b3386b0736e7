import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  defaultRetryPolicy,
  logPolicy,
  type Pipeline,
  redirectPolicy,
  setClientRequestIdPolicy,
  tracingPolicy,
  userAgentPolicy,
} from "@azure/core-rest-pipeline";
import { transportPolicies } from "#platform";
import { createCommunicationKeyCredentialPolicy } from "./auth/keyCredentialPolicy.js";
import { isKeyCredential } from "./clientArguments.js";
import { logger } from "./logger.js";
import type { CommunicationIdentityClientOptions } from "./models.js";
import { packageVersion } from "./version.js";

/** The double slash is the service's own: every official client asks for this scope. */
const entraScope = "https://communication.azure.com//.default";

/** Every policy of a request, in the order in which it passes them. */
export function createClientPipeline(
  credential: KeyCredential | TokenCredential,
  options: CommunicationIdentityClientOptions,
): Pipeline {
  const userAgentPrefix = userAgentOf(options);
  const loggingOptions = { logger: logger.info, ...options.loggingOptions };
  const pipeline = createEmptyPipeline();

  // Once per call.
  for (const policy of transportPolicies(options)) pipeline.addPolicy(policy);
  pipeline.addPolicy(userAgentPolicy({ userAgentPrefix }));
  pipeline.addPolicy(setClientRequestIdPolicy(options.telemetryOptions?.clientRequestIdHeaderName));
  for (const { policy, position } of options.additionalPolicies ?? []) {
    if (position !== "perRetry") pipeline.addPolicy(policy);
  }
  pipeline.addPolicy(defaultRetryPolicy(options.retryOptions), { phase: "Retry" });

  // Once per attempt.
  pipeline.addPolicy(tracingPolicy({ userAgentPrefix, ...loggingOptions }), { afterPhase: "Retry" });
  pipeline.addPolicy(redirectPolicy(options.redirectOptions), { afterPhase: "Retry" });
  pipeline.addPolicy(authenticationPolicy(credential), { phase: "Sign" });
  pipeline.addPolicy(logPolicy(loggingOptions), { afterPhase: "Sign" });
  for (const { policy, position } of options.additionalPolicies ?? []) {
    if (position === "perRetry") pipeline.addPolicy(policy, { afterPhase: "Sign" });
  }
  return pipeline;
}

function authenticationPolicy(credential: KeyCredential | TokenCredential) {
  return isKeyCredential(credential)
    ? createCommunicationKeyCredentialPolicy(credential)
    : bearerTokenAuthenticationPolicy({ credential, scopes: entraScope });
}

/** Header values are printable ASCII; what isn't would fail each request in the transport, far from its cause. */
function userAgentOf(options: CommunicationIdentityClientOptions): string {
  const prefix = (options.userAgentOptions?.userAgentPrefix ?? "").replace(/[^\x20-\x7e]+/g, "").trim();
  return `${prefix.slice(0, 256)} acs-identity-js/${packageVersion}`.trimStart();
}
