// The official policy signs once per call, so a retry after a long delay, or after a key rotation, carries a signature that
// the service no longer accepts. The scheme is that of Microsoft's tutorial
// (articles/communication-services/tutorials/hmac-header-tutorial.md) and of recorded traffic.
import type { KeyCredential } from "@azure/core-auth";
import type { PipelinePolicy, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { logger } from "../logger.js";
import { decodeAccessKey } from "./accessKey.js";
import { callOf } from "./attemptPolicy.js";
import { hashAndSign, importKey } from "./crypto.js";
import { readOptions } from "./readOptions.js";

/** A smaller difference is no reason for a 401: the clock isn't corrected for it. The `Date` header has whole seconds. */
export const toleratedInMs = 60_000;

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
  let imported: { readonly text: string; readonly key: Awaited<ReturnType<typeof importKey>> } | undefined;
  // What to add to this machine's time, once the service has accepted a request that was signed so. A wrong date gets a 401,
  // as a wrong key does.
  let offsetInMs = 0;
  let isWrong = false;
  // The offset that a call has tried. A call tries only one, so a server can't make it send more than one additional request.
  const tried = new WeakMap<PipelineRequest, number>();

  async function sign(request: PipelineRequest, time: number): Promise<void> {
    const text = credential.key;
    if (imported?.text !== text) imported = { text, key: await importKey(decodeAccessKey(text)) };
    const { key } = imported;
    const { method, headers, body = "" } = request;
    // Path and query are signed as they are sent. The host has its port, unless it's the default of the scheme.
    const { host, pathname, search } = new URL(request.url);
    const date = new Date(time).toUTCString();
    const content = typeof body === "string" ? body : await toBytes(body);
    const stringToSign = (hash: string) => `${method}\n${pathname}${search}\n${date};${host};${hash}`;
    const { contentHash, signature } = await hashAndSign(content, key, stringToSign);
    // The caller's Host is replaced, as in the official client: the signature covers the host that the request goes to.
    headers.set("Host", host);
    headers.set("x-ms-date", date);
    headers.set("x-ms-content-sha256", contentHash);
    headers.set(
      "Authorization",
      `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
    );
  }

  /** Adopts an offset if the request has succeeded: other statuses may be those of a proxy or a portal. */
  function adoptIfAccepted(offset: number, status: number): void {
    if (status < 200 || status > 299) return;
    if (Math.abs(offset) <= toleratedInMs) {
      if (isWrong)
        logger.warning("The clock of this machine is right again; requests are signed with its time.");
      isWrong = false;
      offsetInMs = 0;
      return;
    }
    const seconds = Math.round(Math.abs(offset) / 1000);
    // Parallel calls find offsets that differ by milliseconds, and one warning is enough.
    if (offsetInMs === 0)
      logger.warning(
        `The clock of this machine is ${seconds} s ${offset > 0 ? "slow" : "fast"}; requests are signed with the service's time.`,
      );
    isWrong = true;
    offsetInMs = offset;
  }

  return {
    name: "CommunicationAccessKeyCredentialPolicy",
    async sendRequest(request, next) {
      const call = callOf(request);
      const triedBefore = tried.get(call);
      const offset = triedBefore ?? offsetInMs;
      const signedTime = Date.now() + offset;
      await sign(request, signedTime);
      const response = await next(request);
      if (triedBefore !== undefined) adoptIfAccepted(offset, response.status);
      if (!clockCorrection || response.status !== 401) return response;
      // Another call may have adopted another offset since.
      if (offsetInMs === offset) offsetInMs = 0;
      const suggested = suggestedOffset(response, signedTime);
      if (triedBefore !== undefined || suggested === undefined) return response;
      tried.set(call, suggested);
      await sign(request, Date.now() + suggested);
      const second = await next(request);
      adoptIfAccepted(suggested, second.status);
      return second;
    },
  };
}

/** Returns the offset that a 401 suggests, or undefined if the time that was signed can't be the reason for it. */
function suggestedOffset({ headers }: PipelineResponse, signedTime: number): number | undefined {
  const serverTime = Date.parse(headers.get("Date") ?? "");
  return Math.abs(serverTime - signedTime) > toleratedInMs ? serverTime - Date.now() : undefined;
}

async function toBytes(body: object | null): Promise<Uint8Array<ArrayBuffer>> {
  if (!body || "byteLength" in body || body instanceof Blob) {
    return new Uint8Array(await new Response(body as BodyInit).arrayBuffer());
  }
  throw new TypeError("Only a string, bytes or a Blob can be signed as a body.");
}
