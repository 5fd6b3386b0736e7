/** Decodes percent-encoding, but keeps a literal `%`, which people write in passwords. */
export function decodeCredential(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
