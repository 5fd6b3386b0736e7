import { seededBytes } from "../random.js";
import type { ServiceCore } from "../serviceCore.js";
import type { Settings } from "../settings.js";
import type { TokenIssued } from "../state/events.js";
import type { User } from "../state/serviceState.js";
import type { Draft } from "../state/store.js";
import { encryptJwt } from "../tokens/encryption.js";
import { signJwt } from "../tokens/signingKey.js";

/** An access token as in a response body. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresOn: string;
}

/** A token that is part of a change. It is signed once that is saved. */
export interface UnsignedToken {
  readonly issued: TokenIssued;
  /** The user's raw id. */
  readonly userId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** @param expiresAt - Milliseconds since 1970. */
export function issueToken(
  { clock }: ServiceCore,
  draft: Draft,
  user: User,
  scopes: readonly string[],
  expiresAt: number,
): UnsignedToken {
  const issued: TokenIssued = {
    type: "tokenIssued",
    token: draft.nextToken,
    user: user.number,
    scopes: scopes.join(","),
    issuedAt: Math.floor(clock.time / 1000),
    expiresAt: Math.floor(expiresAt / 1000),
  };
  draft.add(issued);
  return { issued, userId: user.id, expiresAt };
}

export async function signToken(
  { settings }: ServiceCore,
  { issued, userId, expiresAt }: UnsignedToken,
): Promise<IssuedToken> {
  const token = await signAccessToken(settings, { userId, ...issued });
  return { token, expiresOn: formatExpiry(expiresAt, settings.seed, issued.token) };
}

/** Formats a time as the service does, without a fraction: `2025-04-14T15:32:35+00:00`. */
export function formatSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}+00:00`;
}

/**
 * Formats an expiry as the service does: with up to seven fractional digits, no trailing zeros, and `+00:00`.
 * The digits beyond milliseconds are made up, so that tests find date parsers that can't read them.
 */
function formatExpiry(time: number, seed: string, token: number): string {
  const [high = 0, low = 0] = seededBytes(seed, token);
  const beyond = String((high * 256 + low) % 10_000).padStart(4, "0");
  const fraction = `${new Date(time).toISOString().slice(20, 23)}${beyond}`.replace(/0+$/, "");
  return formatSeconds(time).replace("+", fraction ? `.${fraction}+` : "+");
}

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
