// WebCrypto works on other threads, so that a signature takes 50 to 60 µs more of CPU time (Node 20), and tests with fake
// timers can't wait for it.
import crypto, { type KeyObject } from "node:crypto";

/** Imports a key for all its signatures: in Node 24, each one that is made with bytes takes 15 µs more. */
export function importKey(bytes: Uint8Array): KeyObject {
  return crypto.createSecretKey(bytes);
}

/**
 * Returns the SHA-256 of a content (`""` → `47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=`), and the HMAC-SHA256 of the text
 * made from it (`("pw==" decoded, "banana")` → `88EC05aAS9iXnaimtNO78JLjiPtfWryQB/5QYEzEsu8=`), both in base64.
 */
export function hashAndSign(
  content: string | Uint8Array,
  key: KeyObject,
  stringToSign: (contentHash: string) => string,
): { readonly contentHash: string; readonly signature: string } {
  const contentHash = crypto.createHash("sha256").update(content).digest("base64");
  const signature = crypto.createHmac("sha256", key).update(stringToSign(contentHash)).digest("base64");
  return { contentHash, signature };
}
