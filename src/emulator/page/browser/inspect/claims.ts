/** Returns a token's claims. @throws Error if it isn't a JWT. */
export function claims(token: string): Record<string, unknown> {
  const base64 = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (typeof parsed !== "object" || parsed === null) throw new TypeError("The token has no claims.");
  return parsed as Record<string, unknown>;
}
