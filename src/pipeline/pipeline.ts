import { isTokenCredential, type KeyCredential, type TokenCredential } from "@azure/core-auth";
import {
  createEmptyPipeline,
  type Pipeline,
  setClientRequestIdPolicy,
  userAgentPolicy,
} from "@azure/core-rest-pipeline";
import { connectionPolicies, transportPolicy } from "#platform/pipeline/transport";
import type { CommunicationIdentityClientOptions } from "../models.js";
import { createCommunicationAccessKeyCredentialPolicy } from "./accessKeyPolicy.js";
import { attemptPolicy } from "./attemptPolicy.js";
import { bearerTokenPolicy } from "./bearerTokenPolicy.js";
import { boundedBodyPolicy } from "./boundedBodyPolicy.js";
import { logPolicy } from "./logPolicy.js";
import { redactionPolicy } from "./redact.js";
import { identityRetryPolicy } from "./retryStrategy.js";
import { tracingPolicy } from "./tracingPolicy.js";
import { packageVersion } from "./version.js";

/** Creates the pipeline of a client, with every policy in the order in which a request passes through them. */
export function createIdentityPipeline(
  endpoint: URL,
  credential: KeyCredential | TokenCredential,
  options: CommunicationIdentityClientOptions,
): Pipeline {
  const { telemetryOptions, additionalPolicies } = options;
  const loggingOptions = options.loggingOptions ?? {};
  const added = (perRetry: boolean) =>
    (additionalPolicies ?? [])
      .filter(({ position }) => (position === "perRetry") === perRetry)
      .map(({ policy }) => policy);
  const pipeline = createEmptyPipeline();

  // Once per call.
  pipeline.addPolicy(userAgentPolicy({ userAgentPrefix: userAgentOf(options) }));
  pipeline.addPolicy(setClientRequestIdPolicy(telemetryOptions?.clientRequestIdHeaderName));
  for (const policy of added(false)) pipeline.addPolicy(policy);
  pipeline.addPolicy(identityRetryPolicy(options.retryOptions ?? {}), { phase: "Retry" });

  // Once per attempt.
  pipeline.addPolicy(tracingPolicy(loggingOptions), { afterPhase: "Retry" });
  pipeline.addPolicy(attemptPolicy(), { afterPhase: "Retry" });
  for (const policy of connectionPolicies(endpoint, options)) {
    pipeline.addPolicy(policy, { afterPhase: "Retry" });
  }

  // Each time the request is sent. A redirect, which only Node follows, and a corrected clock send it again.
  const signing = isTokenCredential(credential)
    ? bearerTokenPolicy(credential)
    : createCommunicationAccessKeyCredentialPolicy(credential, options);
  pipeline.addPolicy(signing, { phase: "Sign" });
  pipeline.addPolicy(logPolicy(loggingOptions), { afterPhase: "Sign" });
  for (const policy of added(true)) pipeline.addPolicy(policy, { afterPhase: "Sign" });
  pipeline.addPolicy(redactionPolicy(), { afterPhase: "Sign" });
  pipeline.addPolicy(boundedBodyPolicy(), { afterPhase: "Sign" });
  pipeline.addPolicy(transportPolicy(), { afterPhase: "Sign" });
  return pipeline;
}

/** Keeps printable ASCII. Anything else would make each request fail in the transport, far from the cause. */
function userAgentOf(options: CommunicationIdentityClientOptions): string {
  const prefix = (options.userAgentOptions?.userAgentPrefix ?? "").replace(/[^\x20-\x7e]+/g, "");
  return `${prefix.trim().slice(0, 256)} acs-identity-js/${packageVersion}`.trimStart();
}
