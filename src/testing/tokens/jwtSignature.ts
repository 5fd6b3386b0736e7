import { type Claims, encodeClaims, type Jwt, readJwt } from "./jwt.js";
import type { SigningKey } from "./signingKey.js";

/** Creates a JWT and signs it with RS256. */
export async function signJwt(key: SigningKey, claims: Claims): Promise<string> {
  const signed = `${encodeClaims({ alg: "RS256", kid: key.id, typ: "JWT" })}.${encodeClaims(claims)}`;
  return `${signed}.${await key.sign(signed)}`;
}

/** Returns whether the key signed the JWT with RS256. */
export async function isSignedBy(key: SigningKey, { header, signed, signature }: Jwt): Promise<boolean> {
  return header.alg === "RS256" && header.kid === key.id && key.verify(signed, signature);
}

/**
 * Returns the claims of a code or refresh token. Clients treat them as opaque; they are JWTs, so that none has to
 * be stored. Undefined when the key didn't sign the JWT, or signed it for another use.
 */
export async function unseal(key: SigningKey, use: string, text: string): Promise<Claims | undefined> {
  const jwt = readJwt(text);
  return jwt && jwt.claims.use === use && (await isSignedBy(key, jwt)) ? jwt.claims : undefined;
}
