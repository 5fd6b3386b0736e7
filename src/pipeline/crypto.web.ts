/** Does what the variant for Node does, with WebCrypto. */
export async function hashAndSign(
  content: string | Uint8Array<ArrayBuffer>,
  key: Uint8Array<ArrayBuffer>,
  textOf: (contentHash: string) => string,
): Promise<{ readonly contentHash: string; readonly signature: string }> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const contentHash = toBase64(await crypto.subtle.digest("SHA-256", bytes));
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, hmac, false, ["sign"]);
  const text = new TextEncoder().encode(textOf(contentHash));
  return { contentHash, signature: toBase64(await crypto.subtle.sign("HMAC", imported, text)) };
}

function toBase64(buffer: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}
