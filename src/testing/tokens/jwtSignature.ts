import { type Claims, encodeClaims, type Jwt, readJwt } from "./jwt.js";
import { signingKey } from "./signingKey.js";

/** Creates a JWT and signs it with RS256. */
export async function signJwt(claims: Claims): Promise<string> {
  const key = await signingKey();
  const signed = `${encodeClaims({ alg: "RS256", kid: key.id, typ: "JWT" })}.${encodeClaims(claims)}`;
  return `${signed}.${await key.sign(signed)}`;
}

/** Returns whether a fake or an emulator signed the JWT. */
export async function isSignedHere({ header, signed, signature }: Jwt): Promise<boolean> {
  const key = await signingKey();
  return header.alg === "RS256" && header.kid === key.id && key.verify(signed, signature);
}

/**
 * Returns the claims of a code or refresh token. Clients treat them as opaque; they are JWTs, so that none has to
 * be stored. Undefined if the JWT isn't signed with our key, or was signed for another use.
 */
export async function unseal(use: string, text: string): Promise<Claims | undefined> {
  const jwt = readJwt(text);
  return jwt && jwt.claims.use === use && (await isSignedHere(jwt)) ? jwt.claims : undefined;
}
