import { base64 } from "../wire/bytes.js";

/** Returns the SHA-256 of a body in base64, as in `x-ms-content-sha256`. */
export async function contentHash(body: Uint8Array): Promise<string> {
  return base64(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(body))));
}
