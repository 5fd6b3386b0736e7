import { isTokenCredential, type KeyCredential, type TokenCredential } from "@azure/core-auth";
import {
  createEmptyPipeline,
  type Pipeline,
  redirectPolicy,
  retryPolicy,
  setClientRequestIdPolicy,
  tracingPolicy,
  userAgentPolicy,
} from "@azure/core-rest-pipeline";
import { transportPolicies } from "#platform";
import { createCommunicationKeyCredentialPolicy } from "./auth/keyCredentialPolicy.js";
import { tokenCredentialPolicy } from "./auth/tokenCredentialPolicy.js";
import { logger } from "./logger.js";
import type { CommunicationIdentityClientOptions } from "./models.js";
import { attemptPolicy } from "./policies/attemptPolicy.js";
import { logPolicy } from "./policies/logPolicy.js";
import { defaultMaxRetries, retryStrategy } from "./policies/retryStrategy.js";
import { packageVersion } from "./version.js";

/** Core's retry policy logs a lost attempt as an error even when the next one succeeds. */
const retryLogger = Object.assign(logger.info.bind(undefined), logger, { error: logger.info });

/** Every policy of a request, in the order in which it passes them. */
export function createClientPipeline(
  credential: KeyCredential | TokenCredential,
  options: CommunicationIdentityClientOptions,
): Pipeline {
  const userAgentPrefix = userAgentOf(options);
  const { retryOptions = {}, redirectOptions = {}, loggingOptions = {}, additionalPolicies = [] } = options;
  const pipeline = createEmptyPipeline();

  // Once per call.
  for (const policy of transportPolicies(options)) pipeline.addPolicy(policy);
  pipeline.addPolicy(userAgentPolicy({ userAgentPrefix }));
  pipeline.addPolicy(setClientRequestIdPolicy(options.telemetryOptions?.clientRequestIdHeaderName));
  for (const { policy, position } of additionalPolicies) {
    if (position !== "perRetry") pipeline.addPolicy(policy);
  }
  pipeline.addPolicy(
    retryPolicy([retryStrategy(retryOptions)], {
      maxRetries: retryOptions.maxRetries ?? defaultMaxRetries,
      logger: retryLogger,
    }),
    { phase: "Retry" },
  );

  // Once per attempt.
  pipeline.addPolicy(tracingPolicy({ userAgentPrefix, ...loggingOptions }), { afterPhase: "Retry" });
  pipeline.addPolicy(attemptPolicy(), { afterPhase: "Retry" });
  // A second redirect is a loop, and one to another origin would carry the body there: neither is an option.
  pipeline.addPolicy(redirectPolicy({ maxRetries: Math.min(redirectOptions.maxRetries ?? 1, 1) }), {
    afterPhase: "Retry",
  });
  pipeline.addPolicy(
    isTokenCredential(credential)
      ? tokenCredentialPolicy(credential)
      : createCommunicationKeyCredentialPolicy(credential, options),
    { phase: "Sign" },
  );
  pipeline.addPolicy(logPolicy(loggingOptions), { afterPhase: "Sign" });
  for (const { policy, position } of additionalPolicies) {
    if (position === "perRetry") pipeline.addPolicy(policy, { afterPhase: "Sign" });
  }
  return pipeline;
}

/** Header values are printable ASCII; what isn't would fail each request in the transport, far from its cause. */
function userAgentOf(options: CommunicationIdentityClientOptions): string {
  const prefix = (options.userAgentOptions?.userAgentPrefix ?? "").replace(/[^\x20-\x7e]+/g, "").trim();
  return `${prefix.slice(0, 256)} acs-identity-js/${packageVersion}`.trimStart();
}
