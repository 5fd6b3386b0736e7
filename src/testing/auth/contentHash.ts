import { base64 } from "../wire/bytes.js";

/** Base64 of the SHA-256 of a body, as `x-ms-content-sha256` carries it. */
export async function contentHash(body: Uint8Array): Promise<string> {
  return base64(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(body))));
}
