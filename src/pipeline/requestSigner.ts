import type { KeyCredential } from "@azure/core-auth";
import type { PipelineRequest } from "@azure/core-rest-pipeline";
import { decodeAccessKey } from "../arguments/accessKey.js";
import { hashAndSign, importKey } from "./crypto.js";

/**
 * Returns a function that signs a request with the current key of a credential, dated with a time in milliseconds since 1970.
 * The scheme is that of Microsoft's tutorial (articles/communication-services/tutorials/hmac-header-tutorial.md) and of
 * recorded traffic.
 */
export function requestSigner(
  credential: KeyCredential,
): (request: PipelineRequest, time: number) => Promise<void> {
  let imported: { readonly text: string; readonly key: Awaited<ReturnType<typeof importKey>> } | undefined;
  return async (request, time) => {
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
  };
}

async function toBytes(body: object | null): Promise<Uint8Array<ArrayBuffer>> {
  if (!body || "byteLength" in body || body instanceof Blob) {
    return new Uint8Array(await new Response(body as BodyInit).arrayBuffer());
  }
  throw new TypeError("Only a string, bytes or a Blob can be signed as a body.");
}
