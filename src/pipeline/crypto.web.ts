const algorithm = { name: "HMAC", hash: "SHA-256" };

// Does with WebCrypto what crypto.ts does with node:crypto.
export function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
}

export async function hashAndSign(
  content: string | Uint8Array<ArrayBuffer>,
  key: CryptoKey,
  stringToSign: (contentHash: string) => string,
): Promise<{ readonly contentHash: string; readonly signature: string }> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const contentHash = toBase64(await crypto.subtle.digest("SHA-256", bytes));
  const text = new TextEncoder().encode(stringToSign(contentHash));
  return { contentHash, signature: toBase64(await crypto.subtle.sign("HMAC", key, text)) };
}

function toBase64(buffer: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}
