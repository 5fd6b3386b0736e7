import { encryptJwt } from "../jwt/encryption.js";
import { lastSecond } from "../jwt/jwt.js";
import { signJwt } from "../jwt/signingKey.js";
import { accessKeys } from "../service/accessKeys.js";
import type { Fake } from "../service/fake.js";
import type { Settings } from "../service/settings.js";
import type { User } from "../state/entries/user.js";
import type { TokenIssued } from "../state/events.js";
import { seededBytes } from "../state/seeded.js";
import type { Draft } from "../state/store.js";
import type { Caller } from "../wire/admission.js";
import { denied } from "../wire/httpError.js";

export interface IssuedToken {
  readonly token: string;
  readonly expiresOn: string;
}

/** A token that is part of a change, and is signed once the change is saved. */
export interface UnsignedToken {
  readonly issued: TokenIssued;
  /** The user's raw id. */
  readonly userId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * @param expiresAt - Milliseconds since 1970.
 * @param options - `caller` is absent for the emulator's own page and programs. `tenantId` is that of a Teams user, also with
 * Teams Phone extensibility.
 * @throws HttpError 401 if the caller's key was regenerated since it was verified: that revoked only earlier tokens.
 */
export function issueToken(
  fake: Fake,
  draft: Draft,
  user: User,
  scopes: readonly string[],
  expiresAt: number,
  { caller, tenantId }: { readonly caller?: Caller | undefined; readonly tenantId?: string | undefined } = {},
): UnsignedToken {
  if (caller?.kind === "accessKey" && accessKeys(fake).current[caller.keyType].text !== caller.key)
    throw denied(`The ${caller.keyType} access key was replaced while this request was handled`);
  const issuedAt = Math.floor(fake.clock.time / 1000);
  const issued: TokenIssued = {
    type: "tokenIssued",
    token: draft.nextToken,
    user: user.number,
    scopes: scopes.join(","),
    issuedAt,
    // A token with less than a second left is valid, too, when it is issued.
    expiresAt: Math.min(Math.max(Math.floor(expiresAt / 1000), issuedAt + 1), lastSecond),
    ...(caller?.kind === "accessKey" && { keyType: caller.keyType }),
    ...(tenantId !== undefined && { tenantId }),
  };
  draft.add(issued);
  return { issued, userId: user.id, expiresAt };
}

export async function signToken(
  { settings }: Fake,
  { issued, userId, expiresAt }: UnsignedToken,
): Promise<IssuedToken> {
  const token = await signAccessToken(settings, userId, issued);
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
  const fraction = `${new Date(time).toISOString().slice(20, 23)}${beyond}`.replace(/0{1,7}$/, "");
  return formatSeconds(time).replace("+", fraction ? `.${fraction}+` : "+");
}

/**
 * Signs a token with the claims that a decoded token of the real service has, plus `jti`, and encrypts it if the
 * settings say so. By the claim `tid`, Microsoft's Calling SDK tells Teams users from others.
 * @param userId - The user's raw id.
 */
export async function signAccessToken(
  { resourceId, encryptedTokens }: Pick<Settings, "resourceId" | "encryptedTokens">,
  userId: string,
  { token, scopes, issuedAt, expiresAt, tenantId }: TokenIssued,
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
    // Microsoft has published a token of a Teams user, which has these claims and names its region.
    ...(tenantId !== undefined && { tid: tenantId, rgn: "emea" }),
    jti: String(token),
  });
  return encryptedTokens ? encryptJwt(jwt) : jwt;
}
