// The official policy signs once per call, so a retry after a long delay, or after a key rotation, carries a signature that
// the service no longer accepts.
import type { KeyCredential } from "@azure/core-auth";
import type { PipelinePolicy, PipelineRequest } from "@azure/core-rest-pipeline";
import { hmacSha256, sha256 } from "#platform/pipeline/crypto";
import { decodeAccessKey } from "./accessKey.js";
import { ClockOffset } from "./clock.js";
import { authorizationValue, stringToSign } from "./signature.js";

/** Options of {@link createCommunicationAccessKeyCredentialPolicy}. */
export interface AccessKeyCredentialPolicyOptions {
  /**
   * Whether a 401 whose `Date` header differs from the signed date by more than a minute leads to one more request, signed
   * with the service's time. If the service accepts that request, later ones use its time, too, until one of them gets a 401.
   * Web pages can't read the header, so nothing is corrected there.
   *
   * @defaultValue true
   */
  clockCorrection?: boolean;
}

/**
 * Creates a pipeline policy that signs requests to any ACS service with an access key (HMAC-SHA256).
 *
 * Add it in the phase `"Sign"`, so that each attempt is signed with its own date and the current key:
 * `pipeline.addPolicy(createCommunicationAccessKeyCredentialPolicy(credential), { phase: "Sign" })`.
 *
 * @param credential - The access key. The policy reads it for each attempt, so an updated key takes effect at once.
 * @param options - Whether to correct a wrong clock.
 * @returns The policy. Its requests reject with a `TypeError` if the key isn't base64, or if the body isn't a string, bytes
 * or a Blob: hashing a stream would consume it.
 */
export function createCommunicationAccessKeyCredentialPolicy(
  credential: KeyCredential,
  options: AccessKeyCredentialPolicyOptions = {},
): PipelinePolicy {
  const { clockCorrection = true } = options;
  const clock = new ClockOffset();

  async function sign({ method, url: target, headers, body }: PipelineRequest, time: number): Promise<void> {
    const key = decodeAccessKey(credential.key);
    const url = new URL(target);
    const date = new Date(time).toUTCString();
    const contentHash = await hashContent(body);
    const signature = await hmacSha256(key, stringToSign({ method, url, date, contentHash }));
    // This replaces a caller's Host, as in the official client: the signature covers the host that the request goes to.
    headers.set("Host", url.host);
    headers.set("x-ms-date", date);
    headers.set("x-ms-content-sha256", contentHash);
    headers.set("Authorization", authorizationValue(signature));
  }

  return {
    name: "CommunicationAccessKeyCredentialPolicy",
    async sendRequest(request, next) {
      const offset = clock.current;
      const signedTime = Date.now() + offset;
      await sign(request, signedTime);
      const response = await next(request);
      if (!clockCorrection || response.status !== 401) return response;
      clock.forget(offset);
      const corrected = clock.suggestedBy(response, signedTime);
      if (corrected === undefined) return response;
      await sign(request, Date.now() + corrected);
      const second = await next(request);
      clock.adoptIfAccepted(corrected, second.status);
      return second;
    },
  };
}

async function hashContent(body: PipelineRequest["body"]): Promise<string> {
  if (!body || typeof body === "string") return sha256(body || "");
  if ("byteLength" in body || body instanceof Blob) {
    return sha256(new Uint8Array(await new Response(body as BodyInit).arrayBuffer()));
  }
  throw new TypeError("Only a string, bytes or a Blob can be signed as a body.");
}
