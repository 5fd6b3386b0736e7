import type { KeyCredential } from "@azure/core-auth";
import type { PipelinePolicy, PipelineRequest } from "@azure/core-rest-pipeline";
import { hmacSha256, importSigningKey, type SigningKey, sha256 } from "#platform";
import { decodeAccessKey } from "./accessKey.js";
import { authorizationValue, stringToSign } from "./signature.js";

/** SHA-256 of no bytes, as every recorded request without a body carries it. */
const emptyContentHash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/**
 * A pipeline policy that signs requests to any ACS service with an access key (HMAC-SHA256).
 *
 * Add it in phase `"Sign"`, so that each retry is signed anew with the date and the key of that moment:
 * `pipeline.addPolicy(createCommunicationKeyCredentialPolicy(credential), { phase: "Sign" })`.
 *
 * @param credential - The access key. It is read at each request, so an updated key takes effect at once.
 * @returns The policy. Its requests reject with a TypeError when the key is not base64, or when the body is
 * neither absent, a string, bytes nor a Blob: a stream can't be hashed without being used up.
 */
export function createCommunicationKeyCredentialPolicy(credential: KeyCredential): PipelinePolicy {
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

  return {
    name: "communicationKeyCredentialPolicy",
    async sendRequest(request, next) {
      const key = await signingKey();
      const contentHash = await hashContent(request.body);
      const date = new Date().toUTCString();
      const input = { method: request.method, url: new URL(request.url), date, contentHash };
      const signature = await hmacSha256(key, stringToSign(input));
      request.headers.set("x-ms-date", date);
      request.headers.set("x-ms-content-sha256", contentHash);
      request.headers.set("Authorization", authorizationValue(signature));
      return next(request);
    },
  };
}

async function hashContent(body: PipelineRequest["body"]): Promise<string> {
  if (body === undefined || body === null || body === "") return emptyContentHash;
  if (typeof body === "string") return sha256(body);
  if (body instanceof ArrayBuffer) return sha256(new Uint8Array(body));
  if (ArrayBuffer.isView(body))
    return sha256(new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength));
  if (typeof Blob === "function" && body instanceof Blob)
    return sha256(new Uint8Array(await body.arrayBuffer()));
  throw new TypeError("Only a string, bytes or a Blob can be signed as the body of a request.");
}
