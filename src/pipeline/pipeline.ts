import type { HttpClient, SendRequest } from "@azure/core-rest-pipeline";
import { transportAttemptPolicies, transportPolicies } from "#platform/transport";
import type { CommunicationIdentityClientOptions } from "../models.js";
import { type ClientArguments, isTokenCredential } from "../operation/clientArguments.js";
import { type Policy, unnamed } from "../policies/policy.js";
import { createCommunicationKeyCredentialPolicy } from "./accessKeyPolicy.js";
import { sendAttempt } from "./attemptPolicy.js";
import { tokenCredentialPolicy } from "./bearerTokenPolicy.js";
import { logPolicy } from "./logPolicy.js";
import { retryPolicy } from "./retryPolicy.js";
import { tracingPolicy } from "./tracingPolicy.js";
import { packageVersion } from "./version.js";

/** Every policy of a request, in the order in which it passes them, and the transport behind them. */
export function createClientPipeline(
  { endpoint, credential, options }: ClientArguments,
  httpClient: HttpClient,
): SendRequest {
  const loggingOptions = options.loggingOptions ?? {};
  const added = (perRetry: boolean) =>
    (options.additionalPolicies ?? [])
      .filter(({ position }) => (position === "perRetry") === perRetry)
      .map(unnamed);
  return compose(
    [
      // Once per call.
      ...transportPolicies(endpoint, options, userAgentOf(options)),
      ...added(false),
      retryPolicy(options.retryOptions ?? {}),

      // Once per attempt.
      tracingPolicy(loggingOptions),
      // Only `sendOperation` makes requests for this pipeline.
      sendAttempt as Policy,
      ...transportAttemptPolicies(options),
      isTokenCredential(credential)
        ? tokenCredentialPolicy(credential)
        : unnamed({ policy: createCommunicationKeyCredentialPolicy(credential, options) }),
      logPolicy(loggingOptions),
      ...added(true),
    ],
    httpClient,
  );
}

/** Core's Pipeline sorts its policies by phases and builds this chain anew for each request. */
function compose(policies: readonly Policy[], httpClient: HttpClient): SendRequest {
  return policies.reduceRight<SendRequest>(
    (next, policy) => (request) => policy(request, next),
    (request) => httpClient.sendRequest(request),
  );
}

/** Header values are printable ASCII; what isn't would fail each request in the transport, far from its cause. */
function userAgentOf(options: CommunicationIdentityClientOptions): string {
  const prefix = (options.userAgentOptions?.userAgentPrefix ?? "").replace(/[^\x20-\x7e]+/g, "");
  return `${prefix.trim().slice(0, 256)} acs-identity-js/${packageVersion}`.trimStart();
}
