import type { Settings } from "../settings.js";
import { encryptJwt } from "./encryption.js";
import { signJwt } from "./jwtSignature.js";

/** The contents of a token. Times are seconds since 1970. */
export interface TokenContent {
  /** The token's number. */
  readonly token: number;
  /** The user's raw id. */
  readonly userId: string;
  /** Comma-separated. */
  readonly scopes: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/**
 * Signs a token with the claims that a decoded token of the real service has, plus `jti`, and encrypts it if the
 * settings say so.
 */
export async function signAccessToken(
  { resourceId, encryptedTokens }: Pick<Settings, "resourceId" | "encryptedTokens">,
  { token, userId, scopes, issuedAt, expiresAt }: TokenContent,
): Promise<string> {
  const jwt = await signJwt({
    skypeid: userId.replace(/^8:/, ""),
    // The only known value. It was seen with the scope chat; the values for other scopes are unknown.
    scp: 1792,
    csi: String(issuedAt),
    exp: expiresAt,
    acsScope: scopes,
    resourceId,
    iat: issuedAt,
    jti: String(token),
  });
  return encryptedTokens ? encryptJwt(jwt) : jwt;
}
