import type { KeyCredential } from "@azure/core-auth";
import type { PipelinePolicy, PipelineRequest } from "@azure/core-rest-pipeline";
import { hmacSha256, importSigningKey, type SigningKey, sha256 } from "#platform/crypto";
import { createSignedSender } from "#platform/transport";
import { decodeAccessKey } from "./accessKey.js";
import { authorizationValue, stringToSign } from "./signature.js";

/** Options of {@link createCommunicationKeyCredentialPolicy}. */
export interface KeyCredentialPolicyOptions {
  /**
   * Whether a 401 whose `Date` header is more than a minute from the signed date is answered with one more
   * attempt, signed with the service's time. That time is kept for later requests once it was accepted. A web page
   * has no part in it, since it can't read that header.
   *
   * @defaultValue true
   */
  clockCorrection?: boolean;
}

/**
 * A pipeline policy that signs requests to any ACS service with an access key (HMAC-SHA256).
 *
 * Add it in phase `"Sign"`, so that each retry is signed anew with the date and the key of that moment:
 * `pipeline.addPolicy(createCommunicationKeyCredentialPolicy(credential), { phase: "Sign" })`.
 *
 * @param credential - The access key. It is read at each attempt, so an updated key takes effect at once.
 * @param options - Whether a wrong clock is corrected.
 * @returns The policy. Its requests reject with a TypeError when the key is not base64, or when the body is
 * neither absent, a string, bytes nor a Blob: a stream can't be hashed without being used up.
 */
export function createCommunicationKeyCredentialPolicy(
  credential: KeyCredential,
  options: KeyCredentialPolicyOptions = {},
): PipelinePolicy {
  const sendSigned = createSignedSender(options.clockCorrection);
  let importedText = "";
  let imported: SigningKey | Promise<SigningKey> | undefined;

  function signingKey(): SigningKey | Promise<SigningKey> {
    const text = credential.key;
    if (imported === undefined || text !== importedText) {
      imported = importSigningKey(decodeAccessKey(text));
      importedText = text;
    }
    return imported;
  }

  async function sign(request: PipelineRequest, date: string): Promise<void> {
    const key = await signingKey();
    const contentHash = await hashContent(request.body);
    const input = { method: request.method, url: new URL(request.url), date, contentHash };
    const signature = await hmacSha256(key, stringToSign(input));
    request.headers.set("x-ms-date", date);
    request.headers.set("x-ms-content-sha256", contentHash);
    request.headers.set("Authorization", authorizationValue(signature));
  }

  return {
    name: "communicationKeyCredentialPolicy",
    sendRequest: (request, next) =>
      sendSigned(
        (date) => sign(request, date),
        () => next(request),
      ),
  };
}

async function hashContent(body: PipelineRequest["body"]): Promise<string> {
  if (!body || typeof body === "string") return sha256(body || "");
  if ("byteLength" in body || body instanceof Blob) {
    return sha256(new Uint8Array(await new Response(body as BodyInit).arrayBuffer()));
  }
  throw new TypeError("A body must be a string, bytes or a Blob to be signed.");
}
