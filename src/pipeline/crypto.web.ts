/** Base64 of a text's HMAC-SHA256: `("pw==" decoded, "banana")` → `88EC05aAS9iXnaimtNO78JLjiPtfWryQB/5QYEzEsu8=`. */
export async function hmacSha256(key: Uint8Array<ArrayBuffer>, text: string): Promise<string> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return toBase64(await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text)));
}

/** Base64 of the SHA-256 of a text (as UTF-8) or of bytes: `""` → `47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=`. */
export async function sha256(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return toBase64(await crypto.subtle.digest("SHA-256", bytes));
}

function toBase64(buffer: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}
