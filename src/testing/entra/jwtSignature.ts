import { type Claims, encodeClaims, type Jwt, readJwt } from "../tokens/jwt.js";
import type { SigningKey } from "../tokens/signingKey.js";

/** A JWT that the key signs with RS256. */
export async function signJwt(key: SigningKey, claims: Claims): Promise<string> {
  const signed = `${encodeClaims({ alg: "RS256", kid: key.id, typ: "JWT" })}.${encodeClaims(claims)}`;
  return `${signed}.${await key.sign(signed)}`;
}

/** Whether the key signed it, with RS256. */
export async function isSignedBy(key: SigningKey, { header, signed, signature }: Jwt): Promise<boolean> {
  return header.alg === "RS256" && header.kid === key.id && key.verify(signed, signature);
}

/**
 * The claims of a code or refresh token: to clients they are opaque, here they are JWTs, so that nothing has to
 * be kept. Undefined when the key did not sign them, or signed them for another use.
 */
export async function unseal(key: SigningKey, use: string, text: string): Promise<Claims | undefined> {
  const jwt = readJwt(text);
  return jwt && jwt.claims.use === use && (await isSignedBy(key, jwt)) ? jwt.claims : undefined;
}
