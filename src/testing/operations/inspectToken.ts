import { decryptJwt } from "../jwt/encryption.js";
import { type Claims, claimDate, claimText, readJwt } from "../jwt/jwt.js";
import { signingKey } from "../jwt/signingKey.js";
import type { Fake } from "../service/fake.js";
import { check } from "../validation/check.js";

/** Why a token isn't valid. */
export type TokenProblem =
  | "malformed"
  | "unknownKey"
  | "badSignature"
  | "expired"
  | "revoked"
  | "userDeleted";

/** The result of inspecting a token. */
export interface TokenInspection {
  /** Whether the token is valid now, by the service's clock. */
  readonly valid: boolean;
  /** Absent if the token is valid. */
  readonly problem?: TokenProblem;
  /** The result in words. Contains no part of the token. */
  readonly message: string;
  /** The raw id of the user. Absent if the token was not signed by a fake or an emulator. */
  readonly userId?: string;
  /** The claim `acsScope`, one string for each scope. Absent if the token was not signed by a fake or an emulator. */
  readonly scopes?: readonly string[];
  /** The claim `iat`, in whole seconds. Absent if the token was not signed by a fake or an emulator. */
  readonly issuedAt?: Date;
  /** The claim `exp`, in whole seconds. Absent if the token was not signed by a fake or an emulator. */
  readonly expiresOn?: Date;
  /**
   * When its tokens were revoked or its user was deleted. With `revocationDelayInSeconds`, a token that has it can still
   * be `valid`. Absent if it isn't revoked, or was discarded by a reset or a restore.
   */
  readonly revokedAt?: Date;
  /** Present if the token is encrypted, so that no client can decode it, which is allowed. See `encryptedTokens`. */
  readonly encrypted?: true;
}

export async function inspectToken(token: string, fake: Fake): Promise<TokenInspection> {
  check(typeof token === "string", "inspectToken needs a token: a string");
  const decrypted = await decryptJwt(token);
  if (decrypted === undefined) return inspectJwt(token, fake);
  return { ...(await inspectJwt(decrypted, fake)), encrypted: true };
}

async function inspectJwt(token: string, fake: Fake): Promise<TokenInspection> {
  const jwt = readJwt(token);
  if (!jwt) return problem("malformed", "This isn't a JWT with three base64url parts");
  const key = await signingKey();
  if (jwt.header.kid !== key.id) {
    return problem("unknownKey", "Another key signed this token: it comes from another service");
  }
  if (!(await key.verify(jwt.signed, jwt.signature))) {
    return problem("badSignature", "The signature doesn't match: the token was changed after it was issued");
  }
  if (typeof jwt.claims.skypeid !== "string") {
    return problem("malformed", "This token doesn't belong to an ACS user. Is it an Entra ID token?");
  }
  return judge(jwt.claims, fake);
}

function judge(claims: Claims, { state, settings, clock: { time } }: Fake): TokenInspection {
  const userId = `8:${claims.skypeid}`;
  const [issuedAt, expiresOn] = [claimDate(claims.iat), claimDate(claims.exp)];
  if (!issuedAt || !expiresOn)
    return problem("malformed", "Its claims iat and exp must be seconds since 1970");
  const content = { userId, scopes: claimText(claims.acsScope).split(","), issuedAt, expiresOn };
  const issued = {
    token: Number(claimText(claims.jti)),
    scopes: claimText(claims.acsScope),
    issuedAt: Number(claims.iat),
    expiresAt: Number(claims.exp),
  };
  const user = state.userWithToken(userId, issued);
  if (state.isDiscarded(issued, user)) {
    const message = "Issued before the service was reset, or before a snapshot without it was restored";
    return { ...problem("revoked", message), ...content };
  }
  if (!user)
    return { ...problem("userDeleted", "The user was deleted, or belongs to another instance"), ...content };
  const revoked = state.revokedAt(user, issued);
  const about = { ...content, ...(revoked !== undefined && { revokedAt: new Date(revoked) }) };
  const revocation = about.revokedAt && `Revoked at ${about.revokedAt.toISOString()}`;
  const effectiveAt = new Date((revoked ?? 0) + settings.revocationDelayInMs);
  // Without a delay, a revocation holds even if the clock is set back.
  if (revocation && (settings.revocationDelayInMs === 0 || effectiveAt.getTime() <= time))
    return { ...problem(state.user(userId) === user ? "revoked" : "userDeleted", revocation), ...about };
  if (expiresOn.getTime() <= time)
    return { ...problem("expired", `Expired at ${expiresOn.toISOString()}`), ...about };
  const message = revocation
    ? `${revocation}, which takes effect at ${effectiveAt.toISOString()}`
    : `Valid until ${expiresOn.toISOString()}`;
  return { valid: true, message, ...about };
}

function problem(
  name: TokenProblem,
  message: string,
): Pick<TokenInspection, "valid" | "problem" | "message"> {
  return { valid: false, problem: name, message };
}
