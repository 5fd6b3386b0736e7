import { errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { Caller } from "./userStore.js";

/** Whose tokens are taken for a sign-in. */
export interface TrustedIssuer {
  /** The `iss` claim, exactly. */
  readonly issuer: string;
  /** The `aud` claim: this service, so that a token meant for another one is no sign-in here. */
  readonly audience: string;
  /** The keys of the issuer, for example `createRemoteJWKSet(new URL(…))` of jose. */
  readonly keys: JWTVerifyGetKey;
}

/** The caller did not show who it is. The message may be sent to it. */
export class NotSignedInError extends Error {
  override name = "NotSignedInError";
}

/**
 * Reads who is calling from `Authorization: Bearer <JWT>`.
 *
 * @throws NotSignedInError when there is no token or it is not good.
 * @throws the error of `fetch` or jose when the issuer's keys can't be had: nobody is to blame then.
 */
export async function authenticate(
  authorization: string | undefined,
  { issuer, audience, keys }: TrustedIssuer,
): Promise<Caller> {
  const token = /^Bearer ([\w.-]+)$/i.exec(authorization ?? "")?.[1];
  if (!token) throw new NotSignedInError("Send the token of your sign-in: Authorization: Bearer <JWT>");
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      // Asymmetric ones only: "none" and HMAC with a public key are how verifiers get fooled.
      algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
      requiredClaims: ["sub", "exp"],
      clockTolerance: 60,
    });
    // With Entra ID, `sub` differs for each application; take `tid` and `oid` if several share the users.
    return { issuer, subject: String(payload.sub) };
  } catch (error) {
    if (isFaultOfToken(error))
      throw new NotSignedInError(`The token of the sign-in is refused: ${error.code}`);
    throw error;
  }
}

function isFaultOfToken(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey
  );
}
