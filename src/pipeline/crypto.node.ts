// Not WebCrypto, which takes 35 to 100 µs for each of a signature's two operations in Node.
import { createHash, createHmac } from "node:crypto";

/** Base64 of a text's HMAC-SHA256: `("pw==" decoded, "banana")` → `88EC05aAS9iXnaimtNO78JLjiPtfWryQB/5QYEzEsu8=`. */
export function hmacSha256(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text, "utf8").digest("base64");
}

/** Base64 of the SHA-256 of a text (as UTF-8) or of bytes: `""` → `47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=`. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("base64");
}
