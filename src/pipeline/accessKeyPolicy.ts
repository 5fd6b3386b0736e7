// The official policy signs once per call, so a retry after a long delay, or after a key rotation, carries a signature that
// the service no longer accepts.
import type { KeyCredential } from "@azure/core-auth";
import type { PipelinePolicy, PipelineRequest } from "@azure/core-rest-pipeline";
import { readOptions } from "../arguments/readOptions.js";
import { originalRequest } from "./attemptPolicy.js";
import { ClockCorrection, suggestedOffset } from "./clockCorrection.js";
import { requestSigner } from "./requestSigner.js";

/** Options of {@link createCommunicationAccessKeyCredentialPolicy}. */
export interface AccessKeyCredentialPolicyOptions {
  /**
   * Whether a 401 whose `Date` header differs from the signed date by more than a minute leads to one more request, signed
   * with the service's time. If that request succeeds, later ones use its time, too, until one of them gets a 401. With an
   * Entra ID credential and in web pages, which can't read the header, nothing is corrected.
   *
   * @defaultValue true
   */
  clockCorrection?: boolean | undefined;
}

/**
 * Creates a pipeline policy that signs requests to any ACS service with an access key (HMAC-SHA256).
 *
 * Add it in the phase `"Sign"`, so that each attempt is signed with its own date and the current key.
 *
 * @param credential - The access key. The policy reads it for each attempt, so an updated key takes effect at once.
 * @param options - Whether to correct a wrong clock.
 * @returns The policy. Its requests reject with a `TypeError` if the key isn't base64, or if the body isn't a string, bytes
 * or a Blob: hashing a stream would consume it.
 *
 * @example
 * ```ts
 * const policy = createCommunicationAccessKeyCredentialPolicy(new AzureKeyCredential(key));
 * pipeline.addPolicy(policy, { phase: "Sign" });
 * ```
 */
export function createCommunicationAccessKeyCredentialPolicy(
  credential: KeyCredential,
  options?: AccessKeyCredentialPolicyOptions,
): PipelinePolicy {
  const { clockCorrection = true } = readOptions(options, { clockCorrection: "boolean" });
  const sign = requestSigner(credential);
  const correction = new ClockCorrection();
  // The offset that a call has tried. A call tries only one, so a server can't make it send more than one additional request.
  const tried = new WeakMap<PipelineRequest, number>();

  return {
    name: "CommunicationAccessKeyCredentialPolicy",
    async sendRequest(request, next) {
      const original = originalRequest(request);
      const triedBefore = tried.get(original);
      const offset = triedBefore ?? correction.offsetInMs;
      const signedTime = Date.now() + offset;
      await sign(request, signedTime);
      const response = await next(request);
      if (triedBefore !== undefined) correction.adoptIfAccepted(offset, response.status);
      if (!clockCorrection || response.status !== 401) return response;
      correction.giveUp(offset);
      const suggested = suggestedOffset(response, signedTime);
      if (triedBefore !== undefined || suggested === undefined) return response;
      tried.set(original, suggested);
      await sign(request, Date.now() + suggested);
      const second = await next(request);
      correction.adoptIfAccepted(suggested, second.status);
      return second;
    },
  };
}
